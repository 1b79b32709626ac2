import type { ComponentChildren, JSX } from 'preact'
import { say } from '../app/messages.js'
import { save, saveCsv, savePng, standalone } from './save.js'

/** Buttons that take the stage's picture home. */
export function Downloads({
  name,
  picture,
  children,
}: {
  readonly name: string
  /** The SVG, when it is asked for. */
  readonly picture: () => SVGSVGElement | null
  /** Further buttons. */
  readonly children?: ComponentChildren
}): JSX.Element {
  return (
    <div class="downloads">
      <button
        type="button"
        class="plain"
        onClick={() => {
          const svg = picture()
          if (svg !== null) save(`${name}.svg`, standalone(svg), 'image/svg+xml')
        }}
      >
        {say('download.svg')}
      </button>
      <button
        type="button"
        class="plain"
        onClick={() => {
          const svg = picture()
          if (svg !== null) void savePng(`${name}.png`, svg)
        }}
      >
        {say('download.png')}
      </button>
      {children}
    </div>
  )
}

/** A history, or whatever has rows, as CSV. */
export function CsvDownload({
  name,
  header,
  rows,
}: {
  readonly name: string
  readonly header: readonly string[]
  /** Made when they are asked for. */
  readonly rows: () => readonly (readonly (number | string)[])[]
}): JSX.Element {
  return (
    <button type="button" class="plain" onClick={() => saveCsv(`${name}.csv`, header, rows())}>
      {say('download.csv')}
    </button>
  )
}
