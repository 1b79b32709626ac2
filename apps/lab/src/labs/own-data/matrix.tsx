import type { JSX } from 'preact'
import { counted, fixed } from '../../i18n/format.js'
import { useSize } from '../../parts/size.js'
import type { ClassOutcome } from './events.js'
import { MOST_MARKS } from './limits.js'
import { colourOf, shapeOf } from './marks.js'
import { say } from './messages.js'
import { lit } from './model.js'
import './picture.css'
import { Choosable } from './choosable.jsx'

/** The width of a letter of the labels, and the height of a cell below which everything in it is small. */
const LETTER = 7.6
const LOW = 90

interface Place {
  readonly i: number
  readonly x: number
  readonly y: number
}

/** The confusion matrix, in which every row of the table is a mark: it walks to the column of the class that it is told to be. */
export function Matrix({
  shown,
  labels,
  part,
}: {
  readonly shown: ClassOutcome | undefined
  readonly labels: readonly string[]
  readonly part: string
}): JSX.Element {
  const { ref, size } = useSize<SVGSVGElement>()
  const { width, height } = size.value
  const longest = Math.max(...labels.map(({ length }) => length))
  const left = Math.min(0.34 * width, 34 + LETTER * Math.min(longest, 16))
  const top = 48
  const [cw, ch] = [(width - left - 4) / labels.length, (height - top - 4) / labels.length]
  const right = shown === undefined ? 0 : shown.told.reduce((sum, told, i) => sum + Number(told === shown.truth[i]), 0)
  const rows = shown?.truth.length ?? 0
  return (
    <svg
      ref={ref}
      class="own-matrix"
      role="group"
      aria-label={say('matrix.summary', { part, right: counted(right), rows: counted(rows) })}
      data-lit={lit.value ?? ''}
    >
      {width > 0 && (
        <>
          <text class="own-axis" x={left} y="14">
            {say('matrix.told')} →
          </text>
          <text class="own-axis" x="0" y={top - 8}>
            {say('matrix.truth')} ↓
          </text>
          {labels.map((label, c) => (
            <g key={c}>
              <Label text={label} x={left + c * cw + 6} y={top - 10} most={(cw - 8) / LETTER} />
              <g transform={`translate(10 ${top + (c + 0.5) * ch})`}>
                <path class={colourOf(c)} d={shapeOf(c, 6)} />
              </g>
              <Label text={label} x={24} y={top + (c + 0.5) * ch + 5} most={(left - 26) / LETTER} />
            </g>
          ))}
          {labels.map((_, truth) =>
            labels.map((_, told) => {
              const count = shown?.matrix[truth]?.[told] ?? 0
              const kind = truth === told ? 'right' : count > 0 ? 'wrong' : 'empty'
              return (
                <g key={`${truth} ${told}`} transform={`translate(${left + told * cw} ${top + truth * ch})`}>
                  <rect class={`own-cell own-cell-${kind}`} width={Math.max(0, cw - 3)} height={Math.max(0, ch - 3)} />
                  {(count > 0 || labels.length <= 8) && (
                    <text
                      class={`own-count own-count-${kind} ${ch < LOW ? 'own-count-small' : ''}`}
                      x={cw - 10}
                      y={ch < LOW ? Math.min(15, ch - 5) : 24}
                      text-anchor="end"
                      data-cell={`${truth} ${told}`}
                    >
                      {counted(count)}
                    </text>
                  )}
                </g>
              )
            }),
          )}
          {shown !== undefined && rows <= MOST_MARKS && (
            <Marks shown={shown} labels={labels} left={left} top={top} cw={cw} ch={ch} />
          )}
        </>
      )}
    </svg>
  )
}

function Label({
  text,
  x,
  y,
  most,
}: {
  readonly text: string
  readonly x: number
  readonly y: number
  readonly most: number
}): JSX.Element | null {
  const fits = Math.floor(most)
  if (fits < 1) return null
  return (
    <text class="own-label" x={x} y={y}>
      {text.length > fits ? `${text.slice(0, Math.max(1, fits - 1))}…` : text}
      <title>{text}</title>
    </text>
  )
}

function Marks({
  shown,
  labels,
  left,
  top,
  cw,
  ch,
}: {
  readonly shown: ClassOutcome
  readonly labels: readonly string[]
  readonly left: number
  readonly top: number
  readonly cw: number
  readonly ch: number
}): JSX.Element {
  const { truth, told, sure, matrix } = shown
  const most = Math.max(1, ...matrix.flat())
  // As large as lets the fullest cell hold its marks, below the count.
  const below = ch < LOW ? Math.min(18, 0.3 * ch) : 34
  const [inner, tall] = [Math.max(8, cw - 16), Math.max(8, ch - below - 6)]
  const pitch = Math.max(3, Math.min(30, Math.sqrt((inner * tall) / most) * 0.86))
  const columns = Math.max(1, Math.floor(inner / pitch))
  const filled = new Map<string, number>()
  const places = truth.map((t, i): Place => {
    const cell = `${t} ${told[i]}`
    const k = filled.get(cell) ?? 0
    filled.set(cell, k + 1)
    return {
      i,
      x: left + told[i]! * cw + 8 + (0.5 + (k % columns)) * pitch,
      y: top + t * ch + below + (0.5 + Math.floor(k / columns)) * pitch,
    }
  })
  const least = 1 / labels.length
  return (
    <Choosable
      places={places}
      radius={0.42 * pitch}
      say={(i) =>
        say('matrix.row', {
          i: i + 1,
          truth: labels[truth[i]!]!,
          told: labels[told[i]!]!,
          sure: fixed(100 * sure[i]!, 0),
        })
      }
      mark={(i) => (
        <path
          class={`own-mark ${colourOf(truth[i]!)}`}
          d={shapeOf(truth[i]!, 0.42 * pitch)}
          opacity={0.35 + 0.65 * Math.max(0, (sure[i]! - least) / (1 - least))}
        />
      )}
    />
  )
}
