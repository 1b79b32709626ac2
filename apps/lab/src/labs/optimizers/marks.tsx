import {
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
  symbolWye,
  type SymbolType,
} from 'd3-shape'
import type { JSX } from 'preact'
import './marks.css'
import type { RacerId } from './racers.js'

/** Told apart by shape and dashes as well as by colour (marks.css). */
const SHAPES: Readonly<Record<RacerId, SymbolType>> = {
  gd: symbolCircle,
  sgd: symbolSquare,
  cyclic: symbolWye,
  shuffled: symbolCross,
  momentum: symbolTriangle,
  rmsprop: symbolDiamond,
  adam: symbolStar,
}

export const markOf = (racer: RacerId, area = 110): string => symbol(SHAPES[racer], area)() ?? ''

/** A racer's line and mark, as they are in every picture of it. */
export function Sample({ racer }: { readonly racer: RacerId }): JSX.Element {
  return (
    <svg class={`racer-sample racer-${racer}`} width="36" height="16" aria-hidden="true">
      <path class="racer-line" d="M2 8H34" />
      <path class="racer-mark" d={markOf(racer, 70)} transform="translate(18 8)" />
    </svg>
  )
}
