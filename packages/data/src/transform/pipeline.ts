import type { FeatureMatrix, MatrixLike } from '../array/feature-matrix.js'
import { invalid } from '../check/errors.js'
import type { Scaler, Takes, Transformer, TransformerInputs, TransformerJSON } from './transformer.js'

/** A fitted pipeline as plain data. */
export interface PipelineJSON extends TransformerJSON {
  readonly steps: readonly TransformerJSON[]
}

/** The steps of a pipeline: the first takes what the pipeline takes, each other one what the step before it gives. */
export type PipelineSteps<T extends Takes> = readonly [first: Transformer<T>, ...others: Transformer[]]

/** See {@link pipeline}. */
export class Pipeline<T extends Takes = 'matrix'> implements Transformer<T> {
  readonly kind = 'pipeline'
  readonly takes: T
  /** The steps themselves, not copies: what each learned can be seen there. */
  readonly steps: PipelineSteps<T>

  constructor(steps: PipelineSteps<T>) {
    const [first, ...others] = steps as readonly Transformer<T>[]
    if (first === undefined) {
      throw invalid('pipeline: there are no steps; expected [first, ...others].')
    }
    const odd = others.find(({ takes }) => takes !== 'matrix')
    if (odd !== undefined) {
      const { kind, takes } = odd
      throw invalid(`pipeline: ${kind} takes ${takes} and can only be the first step; the others get a matrix.`, {
        kind,
      })
    }
    this.takes = first.takes
    this.steps = steps
  }

  /** Fits each step to what the steps before it make of `x`. */
  fit(x: TransformerInputs[T]): this {
    this.fitTransform(x)
    return this
  }

  transform(x: TransformerInputs[T]): FeatureMatrix {
    return this.#run('transform', x)
  }

  fitTransform(x: TransformerInputs[T]): FeatureMatrix {
    return this.#run('fitTransform', x)
  }

  /**
   * Undoes the steps, the last first.
   *
   * @throws NeuriteError `INVALID_ARGUMENT` naming a step that cannot be undone
   */
  inverseTransform(x: MatrixLike): FeatureMatrix {
    return [...this.steps].reverse().reduce<MatrixLike>((matrix, step) => {
      if (isScaler(step)) return step.inverseTransform(matrix)
      throw invalid(`pipeline.inverseTransform: the step ${step.kind} cannot be undone.`, { kind: step.kind })
    }, x) as FeatureMatrix
  }

  toJSON(): PipelineJSON {
    return { kind: this.kind, options: {}, steps: this.steps.map((step) => step.toJSON()) }
  }

  #run(method: 'transform' | 'fitTransform', x: TransformerInputs[T]): FeatureMatrix {
    const [first, ...others] = this.steps
    return others.reduce((matrix, step) => step[method](matrix), first[method](x))
  }
}

function isScaler(step: Transformer<Takes>): step is Transformer<Takes> & Scaler {
  return step.takes === 'matrix' && 'inverseTransform' in step
}

/**
 * Transformers one after the other, as one: fitted together, applied together, saved together.
 *
 * @param steps - at least one; the first may be a {@link columnTransformer} and take a table
 * @throws NeuriteError `INVALID_ARGUMENT` for no steps, or a later step that does not take a matrix
 * @example
 * ```ts
 * import { imputer, pipeline, standardScaler } from '@neurite/data'
 * const prepare = pipeline([imputer({ strategy: 'mean' }), standardScaler()]).fit([[1], [NaN], [3]])
 * prepare.transform([[NaN], [3]]).toArray() // => [[0], [1.22474487]]
 * ```
 */
export function pipeline<T extends Takes>(steps: PipelineSteps<T>): Pipeline<T> {
  return new Pipeline(steps)
}
