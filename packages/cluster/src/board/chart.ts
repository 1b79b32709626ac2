import { scaleLinear } from 'd3-scale'
import { curveStepAfter, line } from 'd3-shape'
import type { Recorded } from '../store/study-reports.js'
import { numberText } from '../commands/format.js'
import { html, type Html } from './html.js'

const WIDTH = 720
const HEIGHT = 300
const EDGE = { top: 12, right: 16, bottom: 48, left: 88 }

/** Of the values, this share fits on the picture; the rest, such as a training that almost diverged, stands at its edge. */
const SHOWN = 0.95

/** Values of trials as they came, and the best of each round so far. */
export function chartOf(history: readonly Recorded[], mode: 'min' | 'max'): Html {
  if (history.length === 0) return html`<p class="quiet">No trial has a value yet.</p>`
  const unit = unitOf(history.at(-1)!.at)
  const x = scaleLinear(
    [0, Math.max(...history.map(({ at }) => at), 1e-3) / unit.seconds],
    [EDGE.left, WIDTH - EDGE.right],
  ).nice(5)
  const y = scaleLinear(rangeOf(history, mode), [HEIGHT - EDGE.bottom, EDGE.top])
    .nice(5)
    .clamp(true)
  const [low, high] = y.domain() as [number, number]
  const outside = history.filter(({ value }) => value < low || value > high).length
  const place = ({ at, value }: { at: number; value: number }): [number, number] => [
    rounded(x(at / unit.seconds)),
    rounded(y(value)),
  ]
  const dots = history.map((recorded) => {
    const [cx, cy] = place(recorded)
    return html`<circle cx="${cx}" cy="${cy}" r="3" />`
  })
  const stairs = line().curve(curveStepAfter)
  const best = roundsOf(history).map(
    (round) => html`<path d="${stairs(round.map(({ at, best: value }) => place({ at, value }))) ?? ''}" />`,
  )
  const summary = `${history.length} values; the best is ${numberText(history.at(-1)!.best)}${outside === 0 ? '' : `; ${outside} beyond the picture stand at its edge`}.`
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="chart-title chart-text">
      <title id="chart-title">Values of trials over time, and the best so far</title>
      <desc id="chart-text">${summary}</desc>
      ${y
        .ticks(5)
        .map(
          (tick) =>
            html`<path class="grid" d="M${EDGE.left} ${rounded(y(tick))}H${WIDTH - EDGE.right}" />
              <text x="${EDGE.left - 8}" y="${rounded(y(tick))}" text-anchor="end" dominant-baseline="middle"
                >${numberText(tick)}</text
              >`,
        )}
      ${x.ticks(5).map((tick) => html`<text x="${rounded(x(tick))}" y="${HEIGHT - EDGE.bottom + 24}" text-anchor="middle">${numberText(tick)}</text>`)}
      <text x="${WIDTH - EDGE.right}" y="${HEIGHT - 4}" text-anchor="end">${unit.name} since the study was made</text>
      ${dots} ${best}
    </svg>
    <p class="quiet">
      Each dot is a trial; the line is the best ${roundsOf(history).length > 1 ? 'of its round ' : ''}so far. ${summary}
    </p>`
}

function unitOf(seconds: number): { readonly name: string; readonly seconds: number } {
  if (seconds < 120) return { name: 'Seconds', seconds: 1 }
  if (seconds < 7200) return { name: 'Minutes', seconds: 60 }
  return seconds < 172_800 ? { name: 'Hours', seconds: 3600 } : { name: 'Days', seconds: 86_400 }
}

/** From the best to what most are within. */
function rangeOf(history: readonly Recorded[], mode: 'min' | 'max'): [number, number] {
  const sorted = history.map(({ value }) => value).sort((a, b) => (mode === 'min' ? a - b : b - a))
  const most = sorted[Math.ceil(SHOWN * sorted.length) - 1]!
  const ends: [number, number] = mode === 'min' ? [sorted[0]!, most] : [most, sorted[0]!]
  const room = (ends[1] - ends[0]) * 0.05 || Math.abs(ends[0]) * 0.1 || 1
  return [ends[0] - room, ends[1] + room]
}

function roundsOf(history: readonly Recorded[]): Recorded[][] {
  const rounds = new Map<number, Recorded[]>()
  for (const recorded of history) rounds.set(recorded.round, [...(rounds.get(recorded.round) ?? []), recorded])
  return [...rounds.values()]
}

function rounded(pixels: number): number {
  return Math.round(pixels * 10) / 10
}
