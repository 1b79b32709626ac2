import { line } from 'd3-shape'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { fixed, short } from '../../i18n/format.js'
import { Axes } from '../../parts/axes.jsx'
import { scaleLinear } from '../../parts/scale.js'
import { useSize } from '../../parts/size.js'
import type { Affine, Collapse } from './collapse.js'
import { LINE_POINTS, LINE_REACH, lineX } from './grid.js'
import './line-stage.css'
import { say } from './messages.js'
import { joinTo, joining, joinedNow, line as found, lit } from './model.js'

/** A deep network as its matrices, above the curve that it draws: multiplied together they draw the same. */
export function LineStage(): JSX.Element {
  const { ref, size } = useSize<SVGSVGElement>()
  useEffect(joining, [])
  const { width, height } = size.value
  const collapse = found.answer.value
  const k = Math.min(joinedNow.value, collapse?.layers.length ?? 1)
  const summary =
    collapse === undefined
      ? say('working')
      : (collapse.refused ??
        say('line.summary', {
          depth: collapse.layers.length,
          k,
          difference: short(collapse.joined[k - 1]?.difference ?? 0),
        }))
  return (
    <svg class="line-stage" ref={ref} role="group" aria-label={summary} data-lit={lit.value ?? ''}>
      {width > 0 && collapse !== undefined && (
        <>
          <Matrices collapse={collapse} k={k} width={width} height={0.4 * height} />
          <Output collapse={collapse} k={k} width={width} top={0.4 * height + 34} bottom={height - 34} />
        </>
      )}
    </svg>
  )
}

function Matrices({
  collapse: { layers, joined, refused },
  k,
  width,
  height,
}: {
  readonly collapse: Collapse
  readonly k: number
  readonly width: number
  readonly height: number
}): JSX.Element {
  const together = refused === undefined && k > 1
  const first = together ? joined[k - 1]!.map : layers[0]!
  const blocks = [first, ...layers.slice(together ? k : 1)]
  const columns = blocks.reduce((total, { bias }) => total + bias.length, 0)
  const gap = Math.max(20, Math.min(44, 0.05 * width))
  const cell = Math.min(40, (width - 16 - gap * (blocks.length - 1)) / columns, (height - 62) / 5.4)
  const wide = columns * cell + gap * (blocks.length - 1)
  let left = (width - wide) / 2
  const middle = 28 + (5.4 * cell) / 2
  const single = joined.at(-1)?.map
  return (
    <g>
      {blocks.length === 1 && single !== undefined && (
        <text class="map" x={width / 2 + cell} y={middle} dy="0.35em">
          {`F(x) = ${mapText(single)}`}
        </text>
      )}
      {blocks.map((block, i) => {
        const at = left
        left += block.bias.length * cell + gap
        const high = (block.weight.length + 1.4) * cell
        const layer = together && i > 0 ? i + k : i + 1
        const name = i === 0 && together ? say('line.product', { k }) : say('line.layer', { i: layer })
        return (
          <g
            key={i}
            class={i === 0 && together ? 'block product' : 'block'}
            role="button"
            tabindex={0}
            aria-label={name}
            aria-disabled={refused !== undefined}
            onClick={() => joinTo(layer)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' && event.key !== ' ') return
              joinTo(layer)
              event.preventDefault()
            }}
          >
            <rect
              class="hit"
              x={at - 6}
              y={middle - high / 2 - 8}
              width={block.bias.length * cell + 12}
              height={high + 16}
              rx="4"
            />
            <Matrix block={block} x={at} middle={middle} cell={cell} />
            <text class="name" x={at + (block.bias.length * cell) / 2} y={middle + high / 2 + 28}>
              {name}
            </text>
            {i > 0 && (
              <text class="times" x={at - gap / 2} y={middle - 0.2 * cell} dy="0.3em">
                {refused === undefined ? '·' : 'φ'}
              </text>
            )}
          </g>
        )
      })}
    </g>
  )
}

/** The map of one number to one number, written out. */
export function mapText({ weight, bias }: Affine): string {
  return `${fixed(weight[0]![0]!, 3)} x ${bias[0]! < 0 ? '−' : '+'} ${fixed(Math.abs(bias[0]!), 3)}`
}

/** Weights as cells, rows are inputs; the bias is the row below. */
function Matrix({
  block: { weight, bias },
  x,
  middle,
  cell,
}: {
  readonly block: Affine
  readonly x: number
  readonly middle: number
  readonly cell: number
}): JSX.Element {
  const rows = [...weight, bias]
  const top = middle - (rows.length * cell + 0.4 * cell) / 2
  const most = rows.flat().reduce((a, value) => Math.max(a, Math.abs(value)), 1e-9)
  return (
    <>
      {rows.map((row, i) =>
        row.map((value, j) => {
          const y = top + i * cell + (i === rows.length - 1 ? 0.4 * cell : 0)
          return (
            <g key={`${i} ${j}`}>
              <rect
                class={value < 0 ? 'cell negative' : 'cell positive'}
                x={x + j * cell}
                y={y}
                width={cell}
                height={cell}
                fill-opacity={0.1 + 0.7 * (Math.abs(value) / most)}
              />
              {cell >= 32 && (
                <text class="weight" x={x + (j + 0.5) * cell} y={y + cell / 2} dy="0.35em">
                  {fixed(value, 1)}
                </text>
              )}
            </g>
          )
        }),
      )}
    </>
  )
}

function Output({
  collapse: { output, joined },
  k,
  width,
  top,
  bottom,
}: {
  readonly collapse: Collapse
  readonly k: number
  readonly width: number
  readonly top: number
  readonly bottom: number
}): JSX.Element {
  const most = output.reduce((a, value) => Math.max(a, Math.abs(value)), 0.1)
  const x = scaleLinear([-LINE_REACH, LINE_REACH], [44, width - 16])
  const y = scaleLinear([-most, most], [bottom, top], { nice: true })
  const path = line<number>(
    (_, i) => x(lineX(i)),
    (value) => y(value),
  )
  const merged = joined[k - 1]?.output
  return (
    <>
      <Axes x={x} y={y} xName="x" ticks={[5, 5]} />
      <path class="whole" d={path(output as Iterable<number>) ?? ''} />
      {merged !== undefined &&
        Array.from({ length: LINE_POINTS }, (_, i) => i)
          .filter((i) => i % 5 === 0)
          .map((i) => <circle key={i} class="merged" cx={x(lineX(i))} cy={y(merged[i]!)} r="6" />)}
    </>
  )
}
