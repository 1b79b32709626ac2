import type { BackpropTrace } from '@neurite/explain'
import { part } from '../../parts/formula.jsx'

/**
 * A formula of explain's with each value and each gradient as a part that lights with its disc (`n12`); gradients are violet. Longer names
 * first: y_{2} stands in \varphi(y_{2}) too.
 */
export function withParts(tex: string, { nodes }: BackpropTrace): string {
  const named = nodes.filter(({ name, kind, named }) => kind !== 'constant' || (named && name !== '')).sort(byLength)
  const parts: string[] = []
  const hide = (piece: string): string => `⟨${parts.push(piece) - 1}⟩`
  let text = tex
  for (const { id, name } of named)
    text = text.replaceAll(`\\frac{\\partial \\mathscr{L}}{\\partial ${name}}`, () =>
      hide(part(`n${id} part-gradient`, `\\frac{\\partial \\mathscr{L}}{\\partial ${name}}`)),
    )
  for (const { id, name } of named) text = text.replaceAll(name, () => hide(part(`n${id}`, name)))
  return text.replace(/⟨(\d+)⟩/g, (_, i: string) => parts[Number(i)]!)
}

const byLength = (a: { readonly name: string }, b: { readonly name: string }): number => b.name.length - a.name.length

/** The entry of a matrix at the end of a formula, marked. */
export function withEntry(tex: string, row: number, column: number): string {
  const start = tex.lastIndexOf('\\begin{pmatrix} ')
  if (start < 0) return tex
  const [head, tail] = [tex.slice(0, start + '\\begin{pmatrix} '.length), ' \\end{pmatrix}']
  const rows = tex.slice(head.length, -tail.length).split(' \\\\ ')
  const marked = rows.map((line, i) =>
    line
      .split(' & ')
      .map((entry, j) => (i === row && j === column ? `\\htmlClass{bp-entry}{${entry}}` : entry))
      .join(' & '),
  )
  return head + marked.join(' \\\\ ') + tail
}

/** A formula of matrices in two: what it says, and what comes out. A loss is one number and says it at once. */
export function inTwo(tex: string): readonly [formula: string, result: string] {
  const at = tex.lastIndexOf(' = ')
  return [tex.slice(0, at), tex.slice(at + 1)]
}
