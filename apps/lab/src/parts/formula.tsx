import { useSignal, type Signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import './formula.css'

type Katex = (typeof import('katex'))['default']
let coming: Promise<Katex> | undefined
let katex: Katex | undefined

/** KaTeX comes when the first formula is shown; from then on a formula is there in the frame in which its numbers are. */
function withKatex(then: (katex: Katex) => void): void {
  if (katex !== undefined) return then(katex)
  coming ??= Promise.all([import('katex'), import('katex/dist/katex.min.css')]).then(
    ([module]) => (katex = module.default),
  )
  void coming.then(then)
}

/** A part of a formula that is coloured as in the stage, and lights there: `part('output', 'F(x)')`. */
export const part = (name: string, tex: string): string => `\\htmlClass{part part-${name}}{${tex}}`

/**
 * A formula. Pointing at one of its parts (see {@link part}) names it in `lit`; a part that is named there is marked, so that formula and
 * stage light each other.
 */
export function Formula({
  tex,
  lit,
  label,
  inline = false,
}: {
  readonly tex: string
  readonly lit?: Signal<string | undefined>
  /** Read out instead of the formula. Default: KaTeX's own MathML. */
  readonly label?: string
  readonly inline?: boolean
}): JSX.Element {
  const place = useRef<HTMLSpanElement>(null)
  const ready = useSignal(0)
  useLayoutEffect(() => {
    let left = false
    withKatex((module) => {
      if (left || place.current === null) return
      // Nodes, not HTML: styles are then set one by one, as a strict policy allows. Only our own formulas come here.
      module.render(tex, place.current, {
        displayMode: !inline,
        throwOnError: false,
        output: label === undefined ? 'htmlAndMathml' : 'html',
        trust: ({ command }) => command === '\\htmlClass',
        strict: false,
      })
      // What is too long for a phone scrolls, by keyboard too.
      if (place.current.scrollWidth > place.current.clientWidth) place.current.tabIndex = 0
      else place.current.removeAttribute('tabindex')
      ready.value++
    })
    return () => {
      left = true
    }
  }, [tex])
  useEffect(() => {
    for (const found of place.current?.querySelectorAll('.part') ?? [])
      found.classList.toggle('lit', lit?.value !== undefined && found.classList.contains(`part-${lit.value}`))
  }, [lit?.value, ready.value])
  // One that is wider than its place is scrolled, by keyboard too.
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const observer = new ResizeObserver(() => {
      if (element.scrollWidth > element.clientWidth) element.tabIndex = 0
      else element.removeAttribute('tabindex')
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [ready.value])
  const point = (target: EventTarget | null): void => {
    if (lit === undefined || !(target instanceof Element)) return
    const name = [...(target.closest('.part')?.classList ?? [])].find((word) => word.startsWith('part-'))
    lit.value = name?.slice('part-'.length)
  }
  return (
    <span
      class={inline ? 'formula formula-inline' : 'formula'}
      role={label === undefined ? undefined : 'img'}
      aria-label={label}
      ref={place}
      onPointerOver={(event) => point(event.target)}
      onPointerDown={(event) => point(event.target)}
      onPointerLeave={() => lit !== undefined && (lit.value = undefined)}
    />
  )
}
