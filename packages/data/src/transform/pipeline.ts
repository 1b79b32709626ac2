import { NeuriteError } from '@neurite/core'
import type { FeatureMatrix, MatrixLike } from '../array/feature-matrix.js'
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
      throw new NeuriteError(
        'INVALID_ARGUMENT',
        'pipeline: there are no steps; expected a list such as [imputer(), standardScaler()].',
      )
    }
    const odd = others.find(({ takes }) => takes !== 'matrix')
    if (odd !== undefined) {
      const message = `pipeline: ${odd.kind} takes ${article(odd.takes)}, and can only be the first step; the others get the matrix that the step before gives.`
      throw new NeuriteError('INVALID_ARGUMENT', message, { kind: odd.kind })
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
    const [first, ...others] = this.steps
    return others.reduce((matrix, step) => step.transform(matrix), first.transform(x))
  }

  fitTransform(x: TransformerInputs[T]): FeatureMatrix {
    const [first, ...others] = this.steps
    return others.reduce((matrix, step) => step.fitTransform(matrix), first.fitTransform(x))
  }

  /**
   * Undoes the steps, the last first.
   *
   * @throws NeuriteError `INVALID_ARGUMENT` naming a step that cannot be undone
   */
  inverseTransform(x: MatrixLike): FeatureMatrix {
    // A widening: where the first step takes no matrix, isScaler refuses it.
    const steps = [...this.steps].reverse() as readonly Transformer<Takes>[]
    const scalers = steps.map((step) => {
      if (isScaler(step)) return step
      throw new NeuriteError('INVALID_ARGUMENT', `pipeline.inverseTransform: the step ${step.kind} cannot be undone.`, {
        kind: step.kind,
      })
    })
    const [last, ...others] = scalers
    return others.reduce((matrix, step) => step.inverseTransform(matrix), last!.inverseTransform(x))
  }

  toJSON(): PipelineJSON {
    return { kind: this.kind, options: {}, steps: this.steps.map((step) => step.toJSON()) }
  }
}

function isScaler(step: Transformer<Takes>): step is Transformer<Takes> & Scaler {
  return step.takes === 'matrix' && 'inverseTransform' in step
}

function article(takes: Takes): string {
  return takes === 'table' ? 'a table' : takes
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
