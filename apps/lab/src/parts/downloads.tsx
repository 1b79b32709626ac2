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
  /** What is seen in the picture, when it is asked for: an SVG, or an element with several drawings, canvases and words in it. */
  readonly picture: () => Element | null
  /** Further buttons. */
  readonly children?: ComponentChildren
}): JSX.Element {
  return (
    <div class="downloads">
      <button
        type="button"
        class="plain"
        onClick={() => {
          const seen = picture()
          if (seen !== null) save(`${name}.svg`, standalone(seen), 'image/svg+xml')
        }}
      >
        {say('download.svg')}
      </button>
      <button
        type="button"
        class="plain"
        onClick={() => {
          const seen = picture()
          if (seen !== null) void savePng(`${name}.png`, seen)
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
