import type { JSX } from 'preact'
import { say } from '../app/messages.js'
import { save, savePng, standalone } from './save.js'

/** Buttons that take the stage's picture home. */
export function Downloads({
  name,
  picture,
  children,
}: {
  readonly name: string
  /** The SVG, when it is asked for. */
  readonly picture: () => SVGSVGElement | null
  readonly children?: JSX.Element
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
