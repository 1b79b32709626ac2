import type { JSX } from 'preact'
import { fixed } from '../../i18n/format.js'
import { Formula, part } from '../../parts/formula.jsx'
import { formulaTex } from './expression.js'
import { FEATURES } from './features.js'
import { say } from './messages.js'
import { choiceNow, chosen, kind, lit, seen } from './model.js'
import { ByHand } from './by-hand-fields.jsx'
import { activationTex, DATA_TEX, LOSS_TEX, penaltyTex, readTex, updateTex } from './tex.js'
import { state } from './state.js'

/** A number in TeX. */
const plain = (value: number, digits = 2): string => fixed(value, digits).replace('−', '-').replace(/,/g, '{,}')
const signed = (value: number): string => {
  const sign = value < 0 ? 'negative' : 'positive'
  return `${value < 0 ? '-' : '+'} ${part(sign, plain(Math.abs(value)))}`
}

/** The formula behind every picture: the network, the loss, the step; and the data. */
export function Formulas(): JSX.Element {
  const { layers, loss, regression } = choiceNow.value
  const last = layers.length
  const inputs = `(${state.at.in.value.map((name) => FEATURES[name].tex).join(',\\, ')})`
  const layer = `${part('layer', '\\mathbf{h}^{(l)}')} = \\varphi\\bigl(${part('weight', 'W^{(l)}')} \\mathbf{h}^{(l-1)} + \\mathbf{b}^{(l)}\\bigr),\\quad \\mathbf{h}^{(0)} = ${inputs}`
  const output = `${part('output', 'y')} = ${readTex(kind.value, `\\mathbf{w} \\cdot \\mathbf{h}^{(${last})} + b`)}`
  return (
    <>
      <Chosen />
      <Formula lit={lit} tex={layer} />
      <Formula lit={lit} tex={output} />
      <Formula lit={lit} tex={`${LOSS_TEX[loss]}${penaltyTex(layers)}`} />
      {updateTex(state.at.opt.value, plain(state.at.rate.value, 4).replace(/0+$/, '')).map((tex) => (
        <Formula key={tex} lit={lit} tex={tex} />
      ))}
      <Formula
        tex={
          state.at.data.value === 'formula' && !regression
            ? `t = 1 \\iff ${formulaTex(state.at.formula.value)}`
            : DATA_TEX[state.at.data.value]
        }
      />
    </>
  )
}

/** As many terms as a line bears. */
const MOST_TERMS = 8

/** What is chosen on the stage, in numbers. */
function Chosen(): JSX.Element {
  const shown = seen.value.shown
  const last = state.at.net.value.length
  // Nothing chosen is the output, whose picture is the largest.
  const now = chosen.value ?? { what: 'unit' as const, layer: last, unit: 0 }
  if (shown === undefined) return <p class="chosen" />
  if (now.what === 'feature')
    return <Formula tex={`h^{(0)}_{${now.unit + 1}} = ${FEATURES[state.at.in.value[now.unit]!].tex}`} />
  const { layer, unit } = now
  const values = shown.weights[layer]
  const units = values?.bias.length ?? 0
  if (values === undefined || unit >= units) return <p class="chosen" />
  const incoming = Array.from(
    { length: values.weight.length / units },
    (_, from) => values.weight[from * units + unit]!,
  )
  const order = incoming.map((_, k) => k).sort((a, b) => Math.abs(incoming[b]!) - Math.abs(incoming[a]!))
  const kept = order.slice(0, MOST_TERMS).sort((a, b) => a - b)
  const terms = kept.map((k) => `${signed(incoming[k]!)}\\,${sourceTex(layer, k)}`).join(' ')
  const more = incoming.length > MOST_TERMS ? ' + \\cdots' : ''
  const inside = `${terms}${more} ${signed(values.bias[unit]!)}`.replace(/^\+ /, '')
  const output = layer === last
  const left = output ? 'y' : `h^{(${layer + 1})}_{${unit + 1}}`
  const right = output ? readTex(kind.value, inside) : activationTex(state.at.net.value[layer]!.activation, inside)
  return (
    <div class="chosen" data-unit={`${layer}-${unit}`}>
      <p class="note">
        {chosen.value === undefined
          ? say('chosen.none')
          : output
            ? say('output')
            : say('surface.unit', { layer: layer + 1, unit: unit + 1 })}
      </p>
      <Formula tex={`${left} = ${right}`} />
      <ByHand layer={layer} unit={unit} from={now.what === 'weight' ? now.from : undefined} />
      <ul class="weights" aria-label={say('weights')}>
        {incoming.map((weight, from) => (
          <li key={from}>
            <button
              type="button"
              class="weight number"
              data-sign={weight < 0 ? 'negative' : 'positive'}
              aria-pressed={now.what === 'weight' && now.from === from}
              aria-label={say('weight.label', { from: from + 1, value: fixed(weight, 2) })}
              onFocus={() => (chosen.value = { what: 'weight', layer, from, unit })}
              onClick={(event) => {
                chosen.value = { what: 'weight', layer, from, unit }
                // Enter leads on to the number.
                event.currentTarget.closest('.chosen')?.querySelector<HTMLInputElement>('.by-hand input')?.focus()
              }}
            >
              {fixed(weight, 2)}
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

function sourceTex(layer: number, from: number): string {
  if (layer === 0) return FEATURES[state.at.in.value[from] ?? 'x1'].tex
  return `h^{(${layer})}_{${from + 1}}`
}
