import { NeuriteError, type HostArray } from '@neurite/core'
import { listOf, must, type Reader } from '@neurite/core/arguments'
import { columnName, columnOf, FeatureMatrix } from '../array/feature-matrix.js'
import { invalid, wrongShape } from '../check/errors.js'
import { finiteMatrix, fittedMatrix, readLists } from './checked-matrix.js'
import { defineTransformer, type Derived, type Definition, type Learned, type TransformerFactory } from './define.js'
import type { ColumnScaling, FittedScaler, FittedTransformer } from './transformer.js'

/** A fitted transformer that learned some numbers of each column: under every name a list with a number a column. */
interface FittedColumnwise extends FittedTransformer {
  readonly columns: readonly string[] | undefined
}

/** The numbers of one column. */
type Numbers<F> = Readonly<Record<Exclude<keyof Learned<F>, 'columns'>, number>>

type PerColumn<F extends FittedTransformer> = (numbers: Numbers<F>, options: F['options']) => (value: number) => number

/** What is learned from a column, and done with its values. */
interface ColumnRule<Given extends object, F extends FittedTransformer> extends Pick<
  Definition<Given, F>,
  'kind' | 'options'
> {
  readonly names: readonly (keyof Numbers<F> & string)[]
  /** Learns the numbers from a column's values that are not missing. */
  readonly learn: (values: Float64Array, options: F['options']) => Numbers<F>
  /** Whether `learn` could have given these numbers: what comes from a file may be anything. NaN: the column had no values. */
  readonly isPossible: (numbers: Numbers<F>) => boolean
  /** What becomes of a value of the column. */
  readonly forward: PerColumn<F>
  /** And back. */
  readonly backward?: PerColumn<F>
  /** What a fitted value says of it. */
  readonly scaling?: (numbers: Numbers<F>, options: F['options']) => ColumnScaling
}

const numbersOrNull: Reader<readonly number[]> = (where, name, value) =>
  listOf(aNumberOrNull)(where, name, value).map((item) => item ?? NaN)

const aNumberOrNull = /* @__PURE__ */ must(
  'a finite number or null',
  (value): value is number | null => value === null || Number.isFinite(value),
)

/**
 * Transformers that learn a few numbers from each column alone, and then check that they get the same columns again. NaN stands
 * for a missing value, which `fit` ignores. Infinities are refused.
 */
export function columnwise<Given extends object, F extends FittedColumnwise>(
  rule: ColumnRule<Given, F>,
): TransformerFactory<Given, F> {
  const { kind, names } = rule
  // By the names, which are those of F's lists: what is made of them is what F learned, and the other way round.
  const learnedOf = (columns: readonly string[] | undefined, numbers: readonly Numbers<F>[]): Learned<F> =>
    Object.fromEntries<unknown>([
      ['columns', columns],
      ...names.map((name) => [name, numbers.map((of) => of[name])] as const),
    ]) as Learned<F>
  const numbersOf = (learned: Learned<F>): Numbers<F>[] => {
    const lists = names.map((name) => [name, Reflect.get(learned, name) as readonly number[]] as const)
    return lists[0]![1].map((_, j) => Object.fromEntries(lists.map(([name, list]) => [name, list[j]])) as Numbers<F>)
  }

  return defineTransformer<Given, F>({
    kind,
    takes: 'matrix',
    options: rule.options,
    learn: (where, x, options) => {
      const matrix = finiteMatrix(where, x, true)
      const { shape, columns } = matrix
      if (shape.includes(0)) throw wrongShape(where, '[rows, columns] with something to learn from', shape)
      const learn = (j: number): Numbers<F> => {
        const numbers = rule.learn(present(j), options)
        // NaN: the column has no values.
        const spoilt = [numbers, rule.scaling?.(numbers, options) ?? {}].some((of) =>
          Object.values<number>(of).some((value) => Math.abs(value) === Infinity),
        )
        if (!spoilt) return numbers
        const message = `${where}: ${columnName(columns, j)} has values too large for what is learned from them; scale them down first.`
        throw new NeuriteError('NON_FINITE', message, { column: j })
      }
      const present = (j: number): Float64Array => columnOf(matrix, j).filter((value) => !Number.isNaN(value))
      return learnedOf(
        columns,
        Array.from({ length: shape[1] }, (_, j) => learn(j)),
      )
    },
    state: (where, json) => {
      const readers = Object.fromEntries(names.map((name) => [name, numbersOrNull]))
      const learned = readLists<Learned<F>>(where, json, readers)
      const odd = numbersOf(learned).findIndex((numbers) => !rule.isPossible(numbers))
      if (odd < 0) return learned
      throw invalid(`${where}: no data give the numbers of column ${odd}.`)
    },
    use: (learned, options) => {
      const numbers = numbersOf(learned)
      const columns = Reflect.get(learned, 'columns') as readonly string[] | undefined
      const fit = { columns, width: numbers.length }
      const map = (method: string, perColumn: PerColumn<F>): readonly [string, (x: HostArray) => FeatureMatrix] => {
        const functions = numbers.map((of) => perColumn(of, options))
        return [
          method,
          (x) => {
            const { data, shape, columns: given = columns } = fittedMatrix(`${kind}.${method}`, x, fit, true)
            const mapped = data.map((value, i) => functions[i % functions.length]!(value))
            return new FeatureMatrix(mapped, shape, given)
          },
        ]
      }
      const { forward, backward, scaling } = rule
      return Object.fromEntries<unknown>([
        map('transform', forward),
        ...(backward ? [map('inverseTransform', backward)] : []),
        ...(scaling ? [['scaling', numbers.map((of) => Object.freeze(scaling(of, options)))] as const] : []),
      ]) as Pick<F, Derived<F>>
    },
  })
}

interface ScalingRule<Given extends object, F extends FittedScaler> extends Omit<
  ColumnRule<Given, F>,
  'forward' | 'backward' | 'scaling'
> {
  readonly scaling: (
    numbers: Numbers<F>,
    options: F['options'],
  ) => readonly [shift: number, divisor: number, gain?: number, offset?: number]
  /** The last word on a scaled value. */
  readonly finish?: (value: number, options: F['options']) => number
}

/** Transformers that shift and stretch each column. What is missing stays missing. */
export function columnScaler<Given extends object, F extends FittedScaler>({
  scaling: scalingOf,
  finish = (value) => value,
  ...rule
}: ScalingRule<Given, F>): TransformerFactory<Given, F> {
  const scaling = (numbers: Numbers<F>, options: F['options']): ColumnScaling => {
    const [shift, divisor, gain = 1, offset = 0] = scalingOf(numbers, options)
    return { shift, divisor, gain, offset }
  }
  return columnwise<Given, F>({
    ...rule,
    scaling,
    forward: (numbers, options) => {
      const { shift, divisor, gain, offset } = scaling(numbers, options)
      return (value) => finish(((value - shift) / divisor) * gain + offset, options)
    },
    backward: (numbers, options) => {
      const { shift, divisor, gain, offset } = scaling(numbers, options)
      return (value) => ((value - offset) / gain) * divisor + shift
    },
  })
}
