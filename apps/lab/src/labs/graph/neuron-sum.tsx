import type { JSX } from 'preact'
import { fixed } from '../../i18n/format.js'
import { say } from './messages.js'
import { chosen, network } from './model.js'
import './neuron-sum.css'

/** What the chosen neuron computes now, in numbers. */
export function NeuronSum(): JSX.Element {
  const found = network.answer.value
  const i = chosen.value
  if (found === undefined) return <p class="neuron-sum">{say('working')}</p>
  const { request, z, a, parts } = found
  const [b, v] = [request.b[i]!, request.v[i]!]
  return (
    <p class="neuron-sum" data-neuron={i}>
      <span class="neuron-name">{say('neuron.name', { i: i + 1 })}</span>
      <span class="number">
        {request.x.map((x, j) => (
          <span key={j}>
            {j > 0 && ' + '}
            {fixed(x, 2)}·<Signed value={request.w[j]![i]!} />
          </span>
        ))}
        {' + '}
        {request.one && '1·'}
        <Signed value={b} />
        {' = '}
        <strong data-measure="z">{fixed(z[i]!, 2)}</strong>
      </span>
      <span class="number">
        {'→ φ = '}
        <strong data-measure="a">{fixed(a[i]!, 2)}</strong>
      </span>
      <span class="number">
        {'→ ·'}
        <Signed value={v} />
        {' = '}
        <strong>{fixed(parts[i]!, 2)}</strong>
      </span>
    </p>
  )
}

function Signed({ value }: { readonly value: number }): JSX.Element {
  return (
    <span class={value < 0 ? 'part-negative' : 'part-positive'}>
      {value < 0 ? `(${fixed(value, 2)})` : fixed(value, 2)}
    </span>
  )
}
