import type { JSX } from 'preact'
import { fixed } from '../../i18n/format.js'
import { Formula, part } from '../../parts/formula.jsx'
import { say } from './messages.js'
import { lit, shown, target } from './model.js'
import type { LossName } from './names.js'
import { state } from './state.js'

const { loss, softmax, pull } = state.at

const yHat = (i: string): string => part('output', `\\hat{y}_${i}`)
const truth = (i: string): string => part('target', `y_${i}`)
const residual = part('residual', `${yHat('i')} - ${truth('i')}`)

const SYMBOLS: Readonly<Record<LossName, string>> = {
  sse: `\\mathscr{L}_{SSE} = \\sum_{i=1}^{n} (${residual})^2`,
  mse: `\\mathscr{L}_{MSE} = \\frac{1}{n} \\sum_{i=1}^{n} (${residual})^2`,
  abs: `\\mathscr{L}_{abs} = \\sum_{i=1}^{n} |${residual}|`,
  cee: `\\mathscr{L}_{CEE} = - \\sum_{i=1}^{n} ${truth('i')} \\log ${yHat('i')}`,
}

/** By an output. */
const BY_OUTPUT: Readonly<Record<LossName, string>> = {
  sse: '2 (\\hat{y}_i - y_i)',
  mse: '\\tfrac{2}{n} (\\hat{y}_i - y_i)',
  abs: '\\operatorname{sign}(\\hat{y}_i - y_i)',
  cee: '- \\frac{y_i}{\\hat{y}_i}',
}

/** A number for KaTeX. */
const plain = (value: number): string => fixed(value, 2).replace('−', '-').replace(/,/g, '{,}')

const TERM: Readonly<Record<LossName, (p: string, y: string) => string>> = {
  sse: (p, y) => `(${p} - ${y})^2`,
  mse: (p, y) => `(${p} - ${y})^2`,
  abs: (p, y) => `|${p} - ${y}|`,
  cee: (p, y) => `${y} \\log ${p}`,
}

/** The chosen loss: in symbols, in numbers, and its gradient. */
export function LossFormulas(): JSX.Element {
  const name = loss.value
  const found = shown.value
  const gradient = part(
    'gradient',
    softmax.value
      ? '\\frac{\\partial \\mathscr{L}}{\\partial z_i}'
      : '\\frac{\\partial \\mathscr{L}}{\\partial \\hat{y}_i}',
  )
  const through =
    name === 'cee'
      ? '\\hat{y}_i - y_i'
      : `\\sum_k \\frac{\\partial \\mathscr{L}}{\\partial \\hat{y}_k}\\, \\hat{y}_k (\\delta_{ik} - \\hat{y}_i)`
  return (
    <>
      <Formula lit={lit} tex={SYMBOLS[name]} />
      {found !== undefined && <Formula lit={lit} tex={inNumbers(name, found.prediction, found.at[name].value)} />}
      <Formula lit={lit} tex={`${gradient} = ${softmax.value ? through : BY_OUTPUT[name]}`} />
      {softmax.value && name === 'cee' && Math.abs(sumOf(target.value) - 1) < 0.001 && (
        <p class="note">{say('formula.short')}</p>
      )}
    </>
  )
}

const sumOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

function inNumbers(name: LossName, prediction: readonly number[], value: number): string {
  const terms = prediction.map((p, i) =>
    part(`term${i}`, TERM[name](plain(p), String(Number(target.value[i]!.toFixed(2))))),
  )
  const sum = terms.join(' + ')
  const left = {
    sse: sum,
    abs: sum,
    mse: `\\tfrac{1}{${terms.length}} \\big[ ${sum} \\big]`,
    cee: `-\\big[ ${sum} \\big]`,
  }[name]
  return `\\small \\begin{aligned} & ${left} \\\\ & = ${fixed(value, 3).replace('−', '-')} \\end{aligned}`
}

/** Why the one is the mean and the other the median. */
export function LeastFormulas(): JSX.Element {
  return pull.value === 'sse' ? (
    <>
      <Formula lit={lit} tex={`\\sum_i (c - y_i)^2 \\;\\to\\; ${part('gradient', '\\sum_i 2 (c - y_i)')} = 0`} />
      <Formula tex="c = \frac{1}{n} \sum_{i} y_i" />
      <p class="note">{say('formula.mean')}</p>
    </>
  ) : (
    <>
      <Formula
        lit={lit}
        tex={`\\sum_i |c - y_i| \\;\\to\\; ${part('gradient', '\\sum_i \\operatorname{sign}(c - y_i)')} = 0`}
      />
      <Formula tex="c = \operatorname{median}(y_1, \ldots, y_n)" />
      <p class="note">{say('formula.median')}</p>
    </>
  )
}
