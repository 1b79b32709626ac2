const GREEK: Readonly<Record<string, string>> = {
  alpha: 'α',
  beta: 'β',
  delta: 'δ',
  lambda: 'λ',
  mu: 'μ',
  phi: 'φ',
  varphi: 'φ',
  sigma: 'σ',
  theta: 'θ',
  partial: '∂',
  cdot: '·',
  odot: '⊙',
  sum: 'Σ',
  top: 'ᵀ',
  ldots: '…',
}

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

/** A short LaTeX formula as plain text, for drawings: `\varphi(y_{2})` is φ(y_2). */
export function plainText(latex: string): string {
  return latex
    .replace(/\\frac\{([^{}]*)\}\{([^{}]*)\}/g, '($1)/($2)')
    .replace(/\\(?:mathscr|mathrm|mathbf|operatorname|text|hat)\{([^{}]*)\}/g, '$1')
    .replace(/\\(?:left|right)/g, '')
    .replace(/\\([a-zA-Z]+)/g, (_, name: string) => GREEK[name] ?? name)
    .replace(/[{}\\$]/g, '')
}

/** A number in few characters: four significant digits. */
export function shortNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value)
  const text = String(Number(value.toPrecision(digits)))
  return text.replace('-', '−')
}

/** At most `length` characters. */
export function shorten(text: string, length: number): string {
  const letters = [...text]
  return letters.length <= length ? text : `${letters.slice(0, length - 1).join('')}…`
}
