import { computed, type ReadonlySignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type { Place } from './layout.js'

/** What has become of a row in this epoch. */
export type Fate = 'todo' | 'done' | 'now'
const FATES = ['todo', 'done', 'now'] as const

export interface Cell {
  readonly at: Place
  readonly label: number
  readonly fate: Fate
}

/** A disc for class 0, a square for class 1. */
function mark(label: number, [x, y]: Place, r: number): string {
  const [left, top] = [(x - r).toFixed(1), (y - r).toFixed(1)]
  return label === 0
    ? `M${left} ${y.toFixed(1)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`
    : `M${left} ${top}h${2 * r}v${2 * r}h${-2 * r}z`
}

/** Hundreds of rows as six paths, one for each class and fate: only their outlines change as the batches pass. */
export function Cells({
  cells,
  side,
}: {
  readonly cells: ReadonlySignal<readonly Cell[]>
  readonly side: number
}): JSX.Element {
  const paths = useMemo(() => {
    const r = Number(Math.max(1, 0.38 * side).toFixed(2))
    return [0, 1].flatMap((label) =>
      FATES.map((fate) => ({
        name: `cell cell-${label} cell-${fate}`,
        d: computed(() =>
          cells.value
            .filter((cell) => cell.label === label && cell.fate === fate)
            .map(({ at }) => mark(label, at, fate === 'now' ? r : 0.85 * r))
            .join(''),
        ),
      })),
    )
  }, [cells, side])
  return (
    <>
      {paths.map(({ name, d }) => (
        <path key={name} class={name} d={d} />
      ))}
    </>
  )
}
