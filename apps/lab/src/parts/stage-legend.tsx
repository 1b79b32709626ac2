import type { JSX } from 'preact'
import './stage-legend.css'

/** How a thing is drawn on the stage. */
export type Sample =
  | 'target'
  | 'output'
  | 'other-output'
  | 'bar'
  | 'outline'
  | 'difference'
  | 'contour'
  | 'dot'
  | 'positive'
  | 'negative'
  | 'gradient'
  | 'class-0'
  | 'class-1'

/** What the lines and marks of a stage mean, above it. */
export function StageLegend({
  items,
}: {
  readonly items: readonly (readonly [sample: Sample, text: string])[]
}): JSX.Element {
  return (
    <ul class="stage-legend">
      {items.map(([sample, text]) => (
        <li key={sample} class={`sample sample-${sample}`}>
          {text}
        </li>
      ))}
    </ul>
  )
}
