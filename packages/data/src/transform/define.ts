import { NeuriteError } from '@neurite/core'
import { anObject, oneOf, readOptions } from '@neurite/core/arguments'
import type { FittedTransformer, Takes, Transformed, Transformer, TransformerInputs } from './transformer.js'

type Fitted = FittedTransformer<Takes, Transformed>

/** Members of a fitted value that follow from what was learned. */
export type Derived<F> = Extract<keyof F, 'transform' | 'inverseTransform' | 'products' | 'scaling'>

/** Members of a fitted value that say what was learned: plain data, which are saved. */
export type Learned<F> = Omit<F, 'kind' | 'takes' | 'options' | 'toJSON' | Derived<F>>

/** A description with its options: what there is to know of how a fitted value `F` comes about. */
export interface Plan<F extends Fitted> {
  readonly kind: F['kind']
  readonly takes: F['takes']
  readonly options: F['options']
  readonly learn: (where: string, x: TransformerInputs[F['takes']], options: F['options']) => Learned<F>
  readonly use: (learned: Learned<F>, options: F['options']) => Pick<F, Derived<F>>
}

/** A kind of transformer. */
export interface Definition<Given extends object, F extends Fitted> extends Omit<Plan<F>, 'options'> {
  /** Reads options: each one checked, with its default. */
  readonly options: (where: string, given: Given) => F['options']
  /** Reads what was learned from an object that anyone may have written. */
  readonly state: (where: string, json: object) => Learned<F>
}

/** Makes descriptions of one kind. */
export interface TransformerFactory<Given extends object, F extends Fitted> {
  (options?: Given): Transformer<F>
  /**
   * The fitted value that `toJSON` described, every part checked: {@link transformerFromJSON} for this kind alone, which leaves
   * the others out of a bundle.
   */
  fromJSON(json: unknown): F
}

/** The one mechanism by which transformers are made of what is theirs alone. */
export function defineTransformer<Given extends object, F extends Fitted>(
  definition: Definition<Given, F>,
): TransformerFactory<Given, F> {
  const { kind } = definition
  const plan = (given: Given): Plan<F> => ({
    ...definition,
    options: frozen<F['options']>(definition.options(kind, given)),
  })
  return Object.assign((given: Given = {} as Given) => describe(plan(given)), {
    fromJSON: (json: unknown) => {
      const where = `${kind}.fromJSON`
      const { options, state } = readOptions(where, anObject(where, 'the value', json), {
        kind: oneOf(kind),
        options: anObject,
        state: anObject,
      })
      return fitted(plan(options as Given), definition.state(where, state))
    },
  })
}

/** A description. */
export function describe<F extends Fitted>(plan: Plan<F>): Transformer<F> {
  const { kind, takes, options } = plan
  const fit = (x: TransformerInputs[F['takes']]): F => fitted(plan, plan.learn(`${kind}.fit`, x, options))
  // TypeScript knows that a description has none of these; JavaScript is told.
  const unfitted = (): never => {
    throw new NeuriteError('NOT_FITTED', `${kind}: this is a description; call fit(x), and use what it returns.`)
  }
  const hidden = { transform: unfitted, inverseTransform: unfitted, toJSON: unfitted }
  const fitTransform = ((x: TransformerInputs[F['takes']]) => fit(x).transform(x)) as F['transform']
  return Object.freeze({ ...hidden, kind, takes, options, fit, fitTransform })
}

/** A fitted value. */
export function fitted<F extends Fitted>(
  { kind, takes, options, use }: Omit<Plan<F>, 'learn'>,
  learned: Learned<F>,
): F {
  const state = frozen<Learned<F>>(learned)
  const toJSON: Fitted['toJSON'] = () => ({ kind, options, state: plain(state) as object })
  // F is these four, what was learned, and what follows from it.
  return frozen<F>({ kind, takes, options, toJSON, ...state, ...use(state, options) })
}

/** A copy whose lists nobody can change. */
function frozen<V extends object>(values: object): V {
  const freeze = (value: unknown): unknown => (Array.isArray(value) ? Object.freeze(value.map(freeze)) : value)
  return Object.freeze(Object.fromEntries(Object.entries(values).map(([name, value]) => [name, freeze(value)]))) as V
}

/** For JSON, which has no NaN; what is fitted within says its own. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return Number.isNaN(value) ? null : value
  if ('toJSON' in value && typeof value.toJSON === 'function') return value.toJSON()
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]))
}
