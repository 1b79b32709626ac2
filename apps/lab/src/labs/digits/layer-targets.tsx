import type { JSX, TargetedPointerEvent } from 'preact'
import { cellAt, type LayerPlace, type Layout } from './layout.js'
import { say } from './messages.js'
import { cell, network, point } from './model.js'
import { canBeTakenApart, moved, type ShownLayer } from './network.js'

const MOVES: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** The hidden layers with their names. A cell of theirs is pointed at, or found with the arrow keys. */
export function LayerTargets({ layout }: { readonly layout: Layout }): JSX.Element {
  const { layers } = network.value
  return (
    <g class="layers">
      {layout.layers.map((place, i) => (
        <LayerTarget key={i} shown={i} layer={layers[i]!} place={place} />
      ))}
    </g>
  )
}

function LayerTarget({
  shown,
  layer,
  place,
}: {
  readonly shown: number
  readonly layer: ShownLayer
  readonly place: LayerPlace
}): JSX.Element {
  const { x, y, width, height } = place.box
  const name = say(`layer.${layer.name}`)
  const shape =
    layer.rows * layer.columns === 1 ? String(layer.filters) : `${layer.rows}×${layer.columns}×${layer.filters}`
  const caption = (
    <text class="caption" x={x} y={y - 7}>
      {name} <tspan class="shape">{shape}</tspan>
    </text>
  )
  if (!canBeTakenApart(layer)) return <g>{caption}</g>
  const pointAt = (event: TargetedPointerEvent<SVGGElement>): void => {
    const svg = event.currentTarget.ownerSVGElement!.getBoundingClientRect()
    point({ shown, ...cellAt(place, layer, event.clientX - svg.left, event.clientY - svg.top) })
  }
  const here = cell.value.shown === shown
  return (
    <g
      class="layer"
      role="application"
      tabindex={0}
      data-layer={layer.name}
      aria-label={say('layer.label', {
        name,
        shape,
        place: here
          ? say('layer.place', {
              filter: cell.value.filter + 1,
              row: cell.value.row + 1,
              column: cell.value.column + 1,
            })
          : '',
      })}
      onFocus={() => {
        if (cell.peek().shown !== shown) point({ shown, filter: 0, row: 0, column: 0 })
      }}
      onPointerDown={pointAt}
      onPointerMove={pointAt}
      onKeyDown={(event) => {
        const by = MOVES[event.key]
        if (by === undefined) return
        point(moved(layer, cell.peek(), by[0], by[1]))
        event.preventDefault()
      }}
    >
      {caption}
      <rect class="hit" x={x - 3} y={y - 3} width={width + 6} height={height + 6} />
    </g>
  )
}
