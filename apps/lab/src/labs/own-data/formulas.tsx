import type { JSX } from 'preact'
import { Formula, part } from '../../parts/formula.jsx'
import { fixed } from '../../i18n/format.js'
import type { ColumnSummary } from './describe.js'
import { say } from './messages.js'
import { current, lit, pointed } from './model.js'
import type { Scaling } from './plan.js'
import { state } from './state.js'
import { opened, targetIndex } from './table.js'

/** Section 4.3.1: what is done to a column; section 4.3.3: what the network is to make small. */
export function Formulas(): JSX.Element {
  const task = current.value?.choices.task ?? 'classes'
  const scaling = state.at.scaling.value
  const column = numbersAt(pointed.value)
  return (
    <>
      {(scaling !== 'none' || column === undefined) && <Formula tex={SCALED[scaling]} lit={lit} />}
      {column !== undefined && (
        <>
          <p class="note own-formula-of">{say('formula.of', { name: column.name })}</p>
          <Formula tex={inNumbers(scaling, column)} lit={lit} />
        </>
      )}
      <Formula tex={LEARNED[task]} lit={lit} />
    </>
  )
}

const X = part('input', 'x')
const SCALED: Readonly<Record<Scaling, string>> = {
  none: `x' = ${X}`,
  minMax: `x' = \\frac{${X} - x_{\\min}}{x_{\\max} - x_{\\min}}`,
  standard: `x' = \\frac{${X} - \\mu}{\\sigma}`,
}

const F = part('output', "F(\\mathbf{x}'_i)")
const Y = part('target', 'y_i')
const LEARNED = {
  classes: `E = -\\frac{1}{M} \\sum_{i=1}^{M} \\ln \\mathrm{softmax}\\big(${F}\\big)_{${Y}}`,
  values: `E = \\frac{1}{M} \\sum_{i=1}^{M} \\big(${F} - ${Y}\\big)^2`,
} as const

/** The column that is pointed at; else the first of numbers. */
function numbersAt(i: number | undefined): ColumnSummary | undefined {
  const columns = opened.value?.columns ?? []
  const at = i === undefined || i === targetIndex.value ? undefined : columns[i]
  return at?.spread !== undefined
    ? at
    : columns.find(({ spread }, k) => spread !== undefined && k !== targetIndex.value)
}

function inNumbers(scaling: Scaling, { spread }: ColumnSummary): string {
  const { mean, deviation, low, high } = spread!
  const digits = Math.max(0, Math.min(4, 2 - Math.floor(Math.log10(Math.max(1e-9, high - low)))))
  const say = (value: number): string => fixed(value, digits).replace('−', '-').replaceAll(',', '{,}')
  const less = (value: number): string => (value < 0 ? `+ ${say(-value)}` : `- ${say(value)}`)
  if (scaling === 'none') return `x' = ${X} \\in [${say(low)},\\ ${say(high)}]`
  if (scaling === 'minMax') return `x' = \\frac{${X} ${less(low)}}{${say(high - low)}}`
  return `x' = \\frac{${X} ${less(mean)}}{${say(deviation)}}`
}
