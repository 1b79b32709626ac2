import { NeuriteError, type ArrayData } from '@neurite/core'
import type { FeatureMatrix } from '../array/feature-matrix.js'
import type { Takes, Transformer, TransformerInputs, TransformerJSON } from './transformer.js'

/** An object that anyone may have written. */
export type Json = Readonly<Record<string, unknown>>

/** What the transformers share: what `fit` learns is kept as a state, without which nothing works. */
export abstract class FittedTransformer<
  T extends Takes,
  State,
  Plain extends object,
  Out extends ArrayData = FeatureMatrix,
> implements Transformer<T, Out> {
  readonly kind: string
  readonly takes: T
  readonly #options: object
  #state: State | undefined

  /** @param options - all of them, as plain data */
  constructor(kind: string, takes: T, options: object) {
    this.kind = kind
    this.takes = takes
    this.#options = options
  }

  protected abstract learn(where: string, x: TransformerInputs[T]): State
  protected abstract apply(where: string, x: TransformerInputs[T], state: State): Out
  /** The state as plain data. */
  protected abstract plain(state: State): Plain
  /** The state that plain data tell of, if it can be one. */
  protected abstract read(where: string, json: Json): State

  fit(x: TransformerInputs[T]): this {
    return this.hold(this.learn(`${this.kind}.fit`, x))
  }

  transform(x: TransformerInputs[T]): Out {
    return this.apply(`${this.kind}.transform`, x, this.state('transform'))
  }

  fitTransform(x: TransformerInputs[T]): Out {
    return this.fit(x).transform(x)
  }

  toJSON(): TransformerJSON & Plain {
    return { kind: this.kind, options: { ...this.#options }, ...this.plain(this.state('toJSON')) }
  }

  /**
   * Takes over what another transformer of this kind learned.
   *
   * @param json - what its `toJSON` gave; it may come from anywhere
   * @throws NeuriteError `INVALID_ARGUMENT` for what `fit` cannot have learned
   * @internal
   */
  restore(json: Json): this {
    return this.hold(this.read(`transformerFromJSON: ${this.kind}`, json))
  }

  protected hold(state: State): this {
    this.#state = state
    return this
  }

  /** @throws NeuriteError `NOT_FITTED` saying what needs the state */
  protected state(what: string): State {
    if (this.#state !== undefined) return this.#state
    throw new NeuriteError('NOT_FITTED', `${this.kind}: ${what} needs what fit learns; call fit(x) first.`)
  }
}
