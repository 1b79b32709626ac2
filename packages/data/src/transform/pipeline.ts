import type { HostArray } from '@neurite/core'
import { listOf, must, type Reader, takesNoOptions } from '@neurite/core/arguments'
import { toMatrix, type FeatureMatrix } from '../array/feature-matrix.js'
import { invalid } from '../check/errors.js'
import type { Table } from '../table/table.js'
import { describe, fitted, type Plan } from './define.js'
import type { FittedScaler, FittedTransformer, Takes, Transformed, Transformer } from './transformer.js'

/** What features are made of. */
export type FeatureTakes = Exclude<Takes, 'labels'>

/** A fitted transformer that makes features: any but a labelEncoder. */
export type FittedFeatures<T extends FeatureTakes = FeatureTakes> = FittedTransformer<T, FeatureMatrix | Table>

/** The steps of a pipeline: each takes what the step before it gives. Only the first can find columns by name. */
export type PipelineSteps = readonly [
  first: Transformer<FittedFeatures>,
  ...others: Transformer<FittedFeatures<'matrix' | 'columns'>>[],
]

/** A fitted {@link pipeline}. */
export interface Pipeline<
  T extends FeatureTakes = FeatureTakes,
  Steps extends readonly FittedFeatures[] = readonly FittedFeatures[],
> extends FittedTransformer<T> {
  readonly kind: 'pipeline'
  /** The fitted steps: what each learned can be seen there. */
  readonly steps: Steps
  /**
   * Undoes the steps, the last first.
   *
   * @throws NeuriteError `INVALID_ARGUMENT` naming a step that cannot be undone
   */
  inverseTransform(x: HostArray): FeatureMatrix
}

/** What the steps are when they are fitted. */
type FittedSteps<Steps extends PipelineSteps> = {
  readonly [I in keyof Steps]: ReturnType<Steps[I]['fit']>
}

/**
 * Transformers one after the other, as one: fitted together, applied together, saved together.
 *
 * @param steps - at least one; the first may be a {@link columnTransformer} and take a table
 * @throws NeuriteError `INVALID_ARGUMENT` for no steps, or a later step that takes a table or labels
 * @example
 * ```ts
 * import { imputer, pipeline, standardScaler } from '@neurite/data'
 * const prepare = pipeline([imputer({ strategy: 'mean' }), standardScaler()]).fit([[1], [NaN], [3]])
 * prepare.transform([[NaN], [3]]).toArray() // => [[0], [1.22474487]]
 * prepare.steps[1].mean // => [2]
 * ```
 */
export function pipeline<const Steps extends PipelineSteps>(
  steps: Steps,
): Transformer<Pipeline<Steps[0]['takes'], FittedSteps<Steps>>>
export function pipeline(steps: PipelineSteps, ...none: readonly []): Transformer<Pipeline> {
  takesNoOptions('pipeline', none)
  const list: readonly Transformer<FittedFeatures>[] = Object.freeze(listOf(aFeatureMaker)('pipeline', 'steps', steps))
  return describe<Pipeline>({
    ...planOf(list),
    // Each step is fitted to what the steps before it make of x; nobody asks what the last makes of it.
    learn: (_, x) => {
      let made: Transformed | typeof x = x
      return {
        steps: list.map((step, i) => {
          const fit = step.fit(made)
          if (i < list.length - 1) made = fit.transform(made)
          return fit
        }),
      }
    },
  })
}

/** A fitted pipeline of fitted steps. */
export function fittedPipeline(steps: readonly FittedFeatures[]): Pipeline {
  return fitted<Pipeline>(planOf(steps), { steps })
}

function planOf(steps: readonly { readonly kind: string; readonly takes: Takes }[]): Omit<Plan<Pipeline>, 'learn'> {
  const [first, ...others] = steps
  if (first === undefined) throw invalid('pipeline: there are no steps; expected [first, ...others].')
  const odd = others.find(({ takes }) => takes === 'table')
  if (odd !== undefined) throw invalid(`pipeline: ${odd.kind} takes a table and can only be the first step.`)
  return {
    kind: 'pipeline',
    takes: first.takes as FeatureTakes,
    options: Object.freeze({}),
    use: ({ steps }) => ({
      transform: (x) => {
        // Types hold each step to what the one before it gives.
        const made = steps.reduce<Transformed | typeof x>((given, step) => step.transform(given), x)
        return toMatrix('pipeline.transform', made)
      },
      inverseTransform: (x) =>
        [...steps].reverse().reduce(
          (given, step) => {
            if (isScaler(step)) return step.inverseTransform(given)
            throw invalid(`pipeline.inverseTransform: the step ${step.kind} cannot be undone.`, { kind: step.kind })
          },
          toMatrix('pipeline.inverseTransform', x),
        ),
    }),
  }
}

/** A description of what makes features: it learns from matrices, columns or tables, and not from labels. */
export const aFeatureMaker: Reader<Transformer<FittedFeatures>> = /* @__PURE__ */ must(
  'a transformer of features, not yet fitted',
  (value): value is Transformer<FittedFeatures> =>
    typeof value === 'object' && value !== null && 'fit' in value && 'takes' in value && value.takes !== 'labels',
)

function isScaler(step: FittedFeatures): step is FittedScaler {
  return step.takes === 'matrix' && 'inverseTransform' in step
}
