import type { JSX } from 'preact'
import { fixed } from '../../i18n/format.js'
import { Formula, part } from '../../parts/formula.jsx'
import { say } from './messages.js'
import { chosen, lit, shown } from './model.js'
import { state } from './state.js'

const NAMES: Readonly<Record<string, string>> = { tanh: '\\tanh', sigmoid: '\\sigma' }

/** The theorem's sum, its parts coloured as on the stage. */
export function Theorem(): JSX.Element {
  const dot = state.at.dims.value === '1' ? 'w_i x + b_i' : '\\mathbf{w}_i \\cdot \\mathbf{x} + b_i'
  const x = state.at.dims.value === '1' ? 'x' : '\\mathbf{x}'
  const terms = part('neuron', `v_i\\,\\varphi(${dot})`)
  const sum = `${part('output', `F(${x})`)} = \\sum_{i=1}^{N} ${terms}`
  const error = part('error', `|F(${x}) - f(${x})|`)
  return (
    <>
      <Formula lit={lit} tex={sum} />
      <Formula
        lit={lit}
        tex={`\\forall\\, \\epsilon > 0 \\;\\; \\exists\\, N, v_i, ${state.at.dims.value === '1' ? 'w_i' : '\\mathbf{w}_i'}, b_i: \\; ${error} < \\epsilon`}
      />
    </>
  )
}

/** The neuron that is pointed at, in numbers. */
export function NeuronFormula(): JSX.Element {
  const i = chosen.value
  const weights = shown.value?.weights
  if (i === undefined || weights?.v[i] === undefined) return <p class="note">{say('neuron.none')}</p>
  const phi = state.at.phi.value
  const name = NAMES[phi] ?? `\\mathrm{${phi}}`
  const plain = (value: number): string => fixed(value, 2).replace('−', '-').replace(/,/g, '{,}')
  const signed = (value: number): string => (value < 0 ? `- ${plain(-value)}` : `+ ${plain(value)}`)
  const dot = weights.w[i]!.map((value, k) => {
    const variable = weights.w[i]!.length === 1 ? 'x' : `x_${k + 1}`
    return `${k === 0 ? plain(value) : signed(value)}\\,${variable}`
  }).join(' ')
  const sign = weights.v[i] < 0 ? 'negative' : 'positive'
  const value = part(sign, plain(weights.v[i]))
  return <Formula tex={`v_{${i + 1}}\\,\\varphi(\\cdot) = ${value}\\,${name}(${dot} ${signed(weights.b[i]!)})`} />
}
