import { readKind } from '@neurite/core/arguments'
import type { Labels } from '@neurite/data'
import { accuracy, topKAccuracy } from './accuracy.js'
import { logLoss } from './log-loss.js'
import type { DescribedMetric } from './metric.js'
import { f1, precision, recall } from './precision-recall.js'
import { averagePrecision, rocAuc } from './ranking.js'
import { meanAbsoluteError, meanSquaredError, r2 } from './regression.js'

/** What a metric is, as plain data: its kind and its options. */
export interface MetricConfig {
  readonly kind: string
  readonly [option: string]: unknown
}

// What a config claims is only passed on: each metric reads its options, whoever calls it.
const METRICS: Readonly<Record<string, (options: object) => DescribedMetric | DescribedMetric<Labels>>> = {
  accuracy,
  averagePrecision,
  f1,
  logLoss,
  meanAbsoluteError,
  meanSquaredError,
  precision,
  r2,
  recall,
  rocAuc,
  topKAccuracy,
}

/**
 * The metric that a config describes: of a metric of this package, `{ kind: metric.kind, ...metric.options }`. All of them come
 * along, so import it only where metrics arrive as data.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for an unknown kind, and what the metric itself throws
 * @example
 * ```ts
 * import { f1, metricFromConfig } from '@neurite/train'
 * const { kind, options } = f1({ average: 'macro' })
 * metricFromConfig({ kind, ...options })([0, 1, 2, 2], [0, 1, 1, 2]) // => 0.777777778
 * metricFromConfig({ kind: 'mine' }) // => throws INVALID_ARGUMENT
 * ```
 */
export function metricFromConfig(config: MetricConfig): DescribedMetric | DescribedMetric<Labels> {
  const [make, options] = readKind('metricFromConfig', config, METRICS)
  return make(options)
}
