import { NeuriteError } from '@neurite/core'
import type { AnyFitted, ColumnScaling } from '@neurite/data'
import type { Code } from './code.js'
import { numberText, plainText, type Plain } from './text.js'

/** What transformers are written with: statements for one row, and the tables that these read, made once. */
export class Preprocessing {
  readonly #code: Code
  readonly #tables: string[] = []
  readonly #prefix: string
  #made = 0

  /** @param prefix - of the tables' names */
  constructor(code: Code, prefix: string) {
    this.#code = code
    this.#prefix = prefix
  }

  /** The declarations of all tables. */
  get tables(): string {
    return this.#tables.join('\n')
  }

  table(value: Plain): string {
    const name = `${this.#prefix}${this.#tables.length}`
    this.#tables.push(`const ${name} = ${plainText(value)}`)
    return name
  }

  /** A statement that makes another row; its name. */
  row(expression: string): string {
    const name = `r${this.#made++}`
    this.#code.line(`const ${name} = ${expression}`)
    return name
  }

  comment(words: string): void {
    this.#code.line(`// ${words}`)
  }

  /** Statements that refuse a row. */
  refuse(condition: string, message: string): void {
    this.#code.block(`if (${condition})`, () => this.#code.line(`throw TypeError(\`predict: row \${at} ${message}\`)`))
  }
}

/**
 * Writes what a fitted transformer does with one row.
 *
 * @param row - the name of the row's array: numbers and text
 * @param columns - what its columns are called, where the row is of a table
 * @returns the name of the array that it makes
 */
export function writeTransformer(
  to: Preprocessing,
  transformer: AnyFitted,
  row: string,
  columns: readonly string[],
): string {
  const own = (inner: { readonly kind: string }): AnyFitted => inner as AnyFitted
  if (transformer.kind !== 'pipeline') to.comment(transformer.kind)
  switch (transformer.kind) {
    case 'minMaxScaler': {
      const { clip, range } = transformer.options
      const scaled = scaledText(to, transformer.scaling)
      return to.row(
        `${row}.map((v, i) => ${clip ? `Math.min(${numberText(range[1])}, Math.max(${numberText(range[0])}, ${scaled}))` : scaled})`,
      )
    }
    case 'standardScaler':
    case 'robustScaler':
    case 'maxAbsScaler':
      return to.row(`${row}.map((v, i) => ${scaledText(to, transformer.scaling)})`)
    case 'outlierClipper': {
      const [low, high] = [to.table(transformer.low), to.table(transformer.high)]
      return to.row(`${row}.map((v, i) => (v < ${low}[i] ? ${low}[i] : v > ${high}[i] ? ${high}[i] : v))`)
    }
    case 'normalizer': {
      const step = { l1: 'n + Math.abs(v)', l2: 'Math.hypot(n, v)', max: 'Math.max(n, Math.abs(v))' }
      const length = to.row(`${row}.reduce((n, v) => ${step[transformer.options.norm]}, 0)`)
      return to.row(`${row}.map((v) => (${length} > 0 ? v / ${length} : v))`)
    }
    case 'imputer':
      return to.row(`${row}.map((v, i) => (v === '' || Number.isNaN(v) ? ${to.table(transformer.fill)}[i] : v))`)
    case 'polynomialFeatures': {
      const products = to.table(transformer.products)
      return to.row(`${products}.map((p) => p.reduce((product, j) => product * ${row}[j], 1))`)
    }
    case 'oneHotEncoder': {
      const categories = to.table(transformer.categories)
      checkKnown(to, transformer, row, categories)
      return to.row(`${row}.flatMap((v, i) => ${categories}[i].map((c) => (c === v ? 1 : 0)))`)
    }
    case 'ordinalEncoder': {
      const categories = to.table(transformer.categories)
      checkKnown(to, transformer, row, categories)
      const place = to.row(`${row}.map((v, i) => ${categories}[i].indexOf(v))`)
      return transformer.options.unknown === 'ignore' ? to.row(`${place}.map((n) => (n < 0 ? NaN : n))`) : place
    }
    case 'labelEncoder': {
      const categories = to.table([transformer.categories])
      checkKnown(to, transformer, row, categories)
      return to.row(`${row}.map((v, i) => ${categories}[i].indexOf(v))`)
    }
    case 'pipeline':
      return transformer.steps.reduce((made, step) => writeTransformer(to, own(step), made, columns), row)
    case 'columnTransformer': {
      const parts = transformer.parts.map(({ columns: named, use }) => {
        const picked = to.row(`[${named.map((name) => `${row}[${columns.indexOf(name)}]`).join(', ')}]`)
        return use === 'keep' ? picked : writeTransformer(to, own(use), picked, named)
      })
      return to.row(`[${parts.map((part) => `...${part}`).join(', ')}]`)
    }
  }
}

/** What becomes of v in column i. */
function scaledText(to: Preprocessing, scaling: readonly ColumnScaling[]): string {
  const list = (name: keyof ColumnScaling): string => `${to.table(scaling.map((column) => column[name]))}[i]`
  let text = `(v - ${list('shift')}) / ${list('divisor')}`
  if (scaling.some(({ gain }) => gain !== 1)) text = `(${text}) * ${list('gain')}`
  return scaling.some(({ offset }) => offset !== 0) ? `${text} + ${list('offset')}` : text
}

/** What was v before it was scaled. */
export function unscaledText(to: Preprocessing, scaler: AnyFitted, row: string): string {
  if (scaler.kind === 'pipeline') {
    return [...scaler.steps].reverse().reduce((made, step) => unscaledText(to, step as AnyFitted, made), row)
  }
  if (!('scaling' in scaler))
    throw new NeuriteError('NOT_SUPPORTED', `toJavaScript: the target's ${scaler.kind} cannot be undone.`)
  const { scaling } = scaler
  const list = (name: keyof ColumnScaling): string => `${to.table(scaling.map((column) => column[name]))}[i]`
  const offset = scaling.some((column) => column.offset !== 0) ? `(v - ${list('offset')})` : 'v'
  const gain = scaling.some((column) => column.gain !== 1) ? `${offset} / ${list('gain')}` : offset
  const value = gain.includes(' / ') ? `(${gain})` : gain
  return to.row(`${row}.map((v, i) => ${value} * ${list('divisor')} + ${list('shift')})`)
}

/** Refuses a category that `fit` did not see, unless it is to be ignored. */
function checkKnown(
  to: Preprocessing,
  { options }: { readonly options: object },
  row: string,
  categories: string,
): void {
  if ('unknown' in options && options.unknown === 'ignore') return
  const odd = to.row(`${row}.findIndex((v, i) => !${categories}[i].includes(v))`)
  to.refuse(`${odd} >= 0`, `has an unknown category: \${JSON.stringify(${row}[${odd}])}`)
}
