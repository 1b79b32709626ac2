import type { JSX } from 'preact'
import { fixed } from '../../i18n/format.js'
import type { UnitTerms } from '../../training/spec.js'
import type { Box } from './layout.js'
import { say } from './messages.js'
import { cell, frame, lit, network } from './model.js'
import { Numbers, type Grid } from './numbers.jsx'
import type { ShownLayer } from './network.js'

const CAPTION = 24
const SIGN = 30
const FIGURES = 168

/** One unit's output made before one's eyes: inputs times weights, their products, the sum, the bias, the activation. */
export function Terms({ box }: { readonly box: Box }): JSX.Element | null {
  const unit = frame.value?.unit
  const layer = network.value.layers.find((known) => known.layer === unit?.layer)
  if (unit === undefined || layer === undefined) return null
  const grids = gridsOf(unit)
  const below = box.width < 560
  const space = {
    ...box,
    y: box.y + CAPTION,
    width: box.width - (below ? 0 : FIGURES),
    height: box.height - CAPTION - (below ? 70 : 0),
  }
  return (
    <g class="terms" role="img" aria-label={sentence(unit, layer)}>
      <text class="caption" x={box.x} y={box.y + 12}>
        {titleOf(layer)}
      </text>
      {grids[0]!.channels === 1 ? <Row grids={grids} space={space} /> : <Stack grids={grids} space={space} />}
      <Figures
        unit={unit}
        layer={layer}
        x={below ? box.x : box.x + box.width - FIGURES + 16}
        y={below ? box.y + box.height - 56 : box.y + CAPTION + 14}
        below={below}
      />
    </g>
  )
}

function gridsOf({ shape, inputs, weighted }: UnitTerms): readonly Grid[] {
  const [rows, columns, channels] =
    shape.length === 3 ? [shape[0]!, shape[1]!, shape[2]!] : [Math.ceil(shape[0]! / 8), Math.min(8, shape[0]!), 1]
  const grid = (name: Grid['name'], values: Float32Array): Grid => ({ name, values, rows, columns, channels })
  return weighted === undefined
    ? [grid('inputs', inputs)]
    : [grid('inputs', inputs), grid('weights', weighted.weights), grid('products', weighted.products)]
}

const titleOf = ({ name, rows, columns }: ShownLayer): string =>
  rows * columns === 1
    ? say('terms.unit', {
        name: say(`layer.${name}`),
        unit: cell.value.filter + (name === 'dense' && cell.value.shown === network.value.layers.length - 1 ? 0 : 1),
      })
    : say('terms.cell', {
        name: say(`layer.${name}`),
        filter: cell.value.filter + 1,
        row: cell.value.row + 1,
        column: cell.value.column + 1,
      })

/** Side by side, with the signs between them. */
function Row({ grids, space }: { readonly grids: readonly Grid[]; readonly space: Box }): JSX.Element {
  const { rows, columns } = grids[0]!
  const side = Math.floor(
    Math.min(56, (space.width - SIGN * (grids.length - 1)) / (3 * columns), (space.height - 22) / rows),
  )
  return (
    <>
      {grids.map((grid, i) => {
        const x = space.x + i * (columns * side + SIGN)
        return (
          <g key={grid.name}>
            {i > 0 && (
              <text class="sign" x={x - SIGN / 2} y={space.y + (rows * side) / 2} dy="0.35em" text-anchor="middle">
                {i === 1 ? '×' : '='}
              </text>
            )}
            <Numbers grid={grid} channel={0} x={x} y={space.y} side={side} lit={lit.value === grid.name} />
            <text class={`under part-${grid.name}`} x={x} y={space.y + rows * side + 16}>
              {say(`terms.${grid.name}`)}
            </text>
          </g>
        )
      })}
    </>
  )
}

/** Many channels: one column each, inputs over weights over products. */
function Stack({ grids, space }: { readonly grids: readonly Grid[]; readonly space: Box }): JSX.Element {
  const { rows, columns, channels } = grids[0]!
  const [label, gap] = [space.width < 560 ? 0 : 92, 8]
  const between = label === 0 ? 22 : 8
  const side = Math.min(
    (space.width - label - gap * (channels - 1)) / (channels * columns),
    (space.height - between * 3) / (3 * rows),
    18,
  )
  return (
    <>
      {grids.map((grid, i) => {
        const y = space.y + i * (rows * side + between)
        return (
          <g key={grid.name}>
            <text
              class={`under part-${grid.name}`}
              x={space.x}
              y={label === 0 ? y + rows * side + 14 : y + (rows * side) / 2}
              dy={label === 0 ? 0 : '0.35em'}
            >
              {say(`terms.${grid.name}`)}
            </text>
            {Array.from({ length: channels }, (_, channel) => (
              <Numbers
                key={channel}
                grid={grid}
                channel={channel}
                x={space.x + label + channel * (columns * side + gap)}
                y={y}
                side={side}
                lit={lit.value === grid.name}
              />
            ))}
          </g>
        )
      })}
    </>
  )
}

/** The sum in numbers. */
function Figures({
  unit: { weighted, output, inputs },
  layer,
  x,
  y,
  below,
}: {
  readonly unit: UnitTerms
  readonly layer: ShownLayer
  readonly x: number
  readonly y: number
  readonly below: boolean
}): JSX.Element {
  const softmax = layer === network.value.layers.at(-1)
  const lines: readonly (readonly [name: string, text: string, value: number])[] =
    weighted === undefined
      ? [['output', say('terms.max', { n: inputs.length }), output]]
      : [
          ['products', say('terms.sum'), weighted.sum],
          ['bias', say('terms.bias'), weighted.bias],
          ['z', 'z', weighted.z],
          ['output', softmax ? 'softmax(z)' : 'ReLU(z)', output],
        ]
  return (
    <g class="figures-of-unit">
      {lines.map(([name, text, value], i) => {
        const [left, top] = below ? [x + (i % 2) * 164, y + Math.floor(i / 2) * 28 + 10] : [x, y + i * 34]
        return (
          <g key={name} class={`figure figure-${name}`} data-lit={lit.value === name}>
            <text x={left} y={top}>
              {text}
            </text>
            <text
              class="value"
              x={left + (below ? 138 : 150)}
              y={top}
              text-anchor="end"
              data-term={name}
              data-exact={value}
            >
              {fixed(value, 3)}
            </text>
          </g>
        )
      })}
    </g>
  )
}

function sentence({ weighted, output, inputs, shape }: UnitTerms, layer: ShownLayer): string {
  const [title, result] = [titleOf(layer), fixed(output, 3)]
  return weighted === undefined
    ? `${title}: ${say('terms.max', { n: inputs.length })} ${result}`
    : say('terms.sentence', {
        title,
        shape: shape.join('×'),
        bias: fixed(weighted.bias, 3),
        sum: fixed(weighted.z, 3),
        output: result,
      })
}
