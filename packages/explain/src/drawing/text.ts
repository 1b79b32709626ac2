/** Text that stands in XML as itself, in an element or between quotes. */
export function escapeXml(text: string): string {
  return (
    text
      // eslint-disable-next-line no-control-regex -- XML 1.0 does not have these characters at all
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
      .replace(/'/g, '&#39;')
  )
}

/** A number in few characters: four significant digits. */
export function shortNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value)
  const text = String(Number(value.toPrecision(digits)))
  return text.replace('-', '−')
}

/** Widths in a sans-serif font, as shares of its size; a little more than most fonts have. */
const WIDTHS: readonly (readonly [letters: RegExp, width: number])[] = [
  [/[ijl.,:;'|!()[\]]/, 0.32],
  [/[frt \-/ᵀ]/, 0.38],
  [/[mwMW∂Σ⊙]/, 0.92],
  [/[A-Z]/, 0.7],
  [/[+=<>−×·→◂]/, 0.64],
  [/[\u0020-\u024fα-ωΑ-Ω]/, 0.58],
]

/** About how wide a text is, in pixels. Nobody can measure without a page; the estimate is on the safe side. */
export function textWidth(text: string, size: number): number {
  let width = 0
  for (const letter of text) width += WIDTHS.find(([letters]) => letters.test(letter))?.[1] ?? 1.05
  return width * size
}
