import { scaleBand } from 'd3-scale'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { counted, fixed, short } from '../../i18n/format.js'
import { scaleLinear, scaleLog } from '../../parts/scale.js'
import { useSize } from '../../parts/size.js'
import type { LayerView } from './deep-network.js'
import { UNITS } from './deep-network.js'
import './deep-stage.css'
import { say } from './messages.js'
import { before, follow, lit, run, views } from './model.js'

/** Ends of the logarithmic scale; what is below stands at its foot. */
const [LEAST, MOST] = [1e-8, 10]
const TICKS = [
  [1e-8, '10⁻⁸'],
  [1e-6, '10⁻⁶'],
  [1e-4, '10⁻⁴'],
  [1e-2, '10⁻²'],
  [1, '1'],
] as const

/** Every layer of a deep network, with the gradient that reaches it and its units. */
export function DeepStage(): JSX.Element {
  const { ref, size } = useSize<SVGSVGElement>()
  useEffect(follow, [])
  const { width, height } = size.value
  const layers = views.value
  const [first, last] = [layers[0], layers.at(-1)]
  const summary =
    first === undefined || last === undefined
      ? say('working')
      : say('deep.summary', {
          iteration: counted(run.iteration.value),
          first: short(first.norm),
          last: short(last.norm),
          dead: fixed(100 * deadShare(layers), 0),
        })
  return (
    <svg class="deep" ref={ref} role="img" aria-label={summary} data-lit={lit.value ?? ''}>
      {width > 0 && layers.length > 0 && <Layers layers={layers} width={width} height={height} />}
    </svg>
  )
}

/** Of the units of all hidden layers. */
export function deadShare(layers: readonly LayerView[]): number {
  const hidden = layers.slice(0, -1)
  return hidden.reduce((total, { deadShare }) => total + deadShare, 0) / Math.max(1, hidden.length)
}

function Layers({
  layers,
  width,
  height,
}: {
  readonly layers: readonly LayerView[]
  readonly width: number
  readonly height: number
}): JSX.Element {
  const left = 52
  const x = scaleBand(
    layers.map((_, i) => i),
    [left, width - 8],
  ).padding(0.24)
  const foot = 0.6 * height
  const y = scaleLog([LEAST, MOST], [foot, 46], { clamp: true })
  const units = scaleLinear([0, UNITS - 1], [foot + 60, height - 30])
  const most = layers.reduce((a, { means }) => means.reduce((b, value) => Math.max(b, Math.abs(value)), a), 1e-9)
  const narrow = x.bandwidth() < 44
  const radius = Math.min(x.bandwidth() / 2 - 1, 0.5 * (units(1) - units(0)) - 1, 11)
  const ghost = before.value?.norms.length === layers.length ? before.value : undefined
  return (
    <>
      <Way left={left} right={width - 8} />
      {TICKS.map(([value, name]) => (
        <g key={value} class="tick" transform={`translate(0 ${y(value)})`}>
          <line x1={left - 4} x2={width - 8} />
          <text x={left - 8} dy="0.32em">
            {name}
          </text>
        </g>
      ))}
      {layers.map((layer, i) => {
        const [from, wide] = [x(i)!, x.bandwidth()]
        const middle = from + wide / 2
        const top = y(Math.max(LEAST, layer.norm))
        const output = i === layers.length - 1
        return (
          <g key={i}>
            {ghost !== undefined && (
              <rect
                class="ghost"
                x={from}
                width={wide}
                y={y(Math.max(LEAST, ghost.norms[i]!))}
                height={foot - y(Math.max(LEAST, ghost.norms[i]!))}
              />
            )}
            <rect class="norm" x={from} width={wide} y={top} height={Math.max(0, foot - top)} />
            {(!narrow || i === 0 || output) && (
              <text
                class="reading"
                x={middle}
                y={top - 6}
                text-anchor={narrow ? (output ? 'end' : 'start') : 'middle'}
                dx={narrow ? (output ? wide / 2 : -wide / 2) : 0}
              >
                {short(layer.norm)}
              </text>
            )}
            <text
              class="layer"
              x={middle}
              y={foot + 18}
              text-anchor={output && narrow ? 'end' : 'middle'}
              dx={output && narrow ? wide / 2 : 0}
            >
              {output ? say('deep.output') : i + 1}
            </text>
            {layer.means.map((value, unit) => (
              <circle
                key={unit}
                class={layer.dead[unit] === true ? 'unit dead' : value < 0 ? 'unit negative' : 'unit positive'}
                cx={middle}
                cy={units(unit)}
                r={radius}
                fill-opacity={layer.dead[unit] === true ? 0 : 0.12 + 0.88 * Math.min(1, Math.abs(value) / most)}
              />
            ))}
            {layer.dead.some(Boolean) && (
              <text class="dead-word" x={middle} y={height - 6}>
                {narrow
                  ? layer.dead.filter(Boolean).length
                  : `${say('deep.dead')} ${layer.dead.filter(Boolean).length}`}
              </text>
            )}
          </g>
        )
      })}
      <text class="axis" x={left} y={foot + 40}>
        {say('deep.units')}
      </text>
    </>
  )
}

/** Gradients come from the right. */
function Way({ left, right }: { readonly left: number; readonly right: number }): JSX.Element {
  return (
    <g class="way">
      <text x={right} y={14} text-anchor="end">
        {say('deep.back')}
      </text>
      <path d={`M${right} 24H${left}M${left + 8} 19L${left} 24L${left + 8} 29`} />
      <path class="flow" d={`M${right} 24H${left + 8}`} />
    </g>
  )
}
