import type { JSX } from 'preact'

interface Run {
  readonly text: string
  /** How far below the line: 1 for a subscript, 2 for that of a subscript. */
  readonly depth: number
}

/** The names of a trace, LaTeX such as `\varphi(y_{2})` and `w_{z1_2}`, as runs of text. */
export function runsOf(tex: string, depth = 0): Run[] {
  const plain = tex.replace('\\varphi', 'φ').replace('\\mathscr{L}', 'ℒ')
  const at = plain.indexOf('_')
  if (at < 0) return plain === '' ? [] : [{ text: plain, depth }]
  const braced = plain[at + 1] === '{'
  const end = braced ? plain.indexOf('}', at) : at + 2
  return [
    ...runsOf(plain.slice(0, at), depth),
    ...runsOf(plain.slice(at + (braced ? 2 : 1), end), depth + 1),
    ...runsOf(plain.slice(braced ? end + 1 : end), depth),
  ]
}

/** Where there are no subscripts: w_z1_2. */
export const plainName = (tex: string): string =>
  runsOf(tex)
    .map(({ text, depth }, i, runs) => (depth > (runs[i - 1]?.depth ?? 0) ? `_${text}` : text))
    .join('')

const SIZES = [1, 0.78, 0.68]

/** A name inside an SVG text. */
export function Name({ tex, size }: { readonly tex: string; readonly size: number }): JSX.Element {
  let below = 0
  return (
    <>
      {runsOf(tex).map(({ text, depth }, i) => {
        const shift = depth * 0.24 * size - below
        below += shift
        return (
          <tspan
            key={i}
            dy={shift}
            font-size={size * SIZES[depth]!}
            class={/^[a-zℒφ]/.test(text) ? 'bp-letter' : undefined}
          >
            {text}
          </tspan>
        )
      })}
    </>
  )
}
