import { textWidth } from './text.js'

/** A piece of a formula at one height: 0 on the line, 1 above it, -1 below, 2 and -2 further. */
export interface Run {
  readonly text: string
  readonly level: number
}

/** A formula as it is set in one line. */
export type Line = readonly Run[]

const SIGNS: Readonly<Record<string, string>> = {
  alpha: 'α',
  beta: 'β',
  gamma: 'γ',
  delta: 'δ',
  epsilon: 'ε',
  eta: 'η',
  theta: 'θ',
  lambda: 'λ',
  mu: 'μ',
  pi: 'π',
  rho: 'ρ',
  sigma: 'σ',
  tau: 'τ',
  phi: 'φ',
  varphi: 'φ',
  psi: 'ψ',
  omega: 'ω',
  partial: '∂',
  cdot: '·',
  odot: '⊙',
  times: '×',
  sum: 'Σ',
  top: 'T',
  infty: '∞',
  ldots: '…',
  lfloor: '⌊',
  rfloor: '⌋',
  backslash: '\\',
  wedge: '^',
  sim: '~',
  left: '',
  right: '',
}
/** Commands whose argument stands as it is. */
const PLAIN = new Set(['mathscr', 'mathrm', 'mathbf', 'mathbb', 'operatorname', 'text'])

/** A LaTeX formula as runs with real sub- and superscripts: names and the formulas of `latexSteps`, not all of LaTeX. */
export function formulaLine(latex: string): Line {
  const runs: { text: string; level: number }[] = []
  let at = 0
  const put = (text: string, level: number): void => {
    const last = runs.at(-1)
    if (last?.level === level) last.text += text
    else if (text !== '') runs.push({ text, level })
  }
  /** What stands between the braces that begin here, or one letter. */
  const argument = (): string => {
    if (latex[at] !== '{') return latex.slice(at, ++at)
    let depth = 0
    const from = at + 1
    for (; at < latex.length; at++) {
      if (latex[at] === '{' && latex[at - 1] !== '\\') depth++
      if (latex[at] === '}' && latex[at - 1] !== '\\' && --depth === 0) break
    }
    return latex.slice(from, at++)
  }
  const nested = (inner: string, level: number): void => {
    for (const run of formulaLine(inner)) put(run.text, level + Math.sign(level || 1) * run.level)
  }
  while (at < latex.length) {
    const letter = latex[at]!
    if (letter === '\\') {
      const command = /^\\([a-zA-Z]+|.)/s.exec(latex.slice(at))?.[1] ?? ''
      at += 1 + command.length
      if (command === 'frac' || command === 'sqrt') {
        const above = argument()
        if (command === 'sqrt') put('√', 0)
        bracketed(above, command === 'sqrt', nested, put)
        if (command === 'sqrt') continue
        put('/', 0)
        bracketed(argument(), false, nested, put)
      } else if (command === 'hat') {
        nested(argument(), 0)
        put('\u0302', 0)
      } else if (PLAIN.has(command)) nested(argument(), 0)
      else put(SIGNS[command] ?? command, 0)
    } else if (letter === '_' || letter === '^') {
      at++
      const inner = argument()
      const level = letter === '^' ? 1 : -1
      for (const run of formulaLine(inner)) put(run.text, level * (1 + Math.abs(run.level)))
    } else {
      at++
      if (letter !== '{' && letter !== '}') put(letter === '-' ? '−' : letter, 0)
    }
  }
  return runs
}

function bracketed(
  inner: string,
  always: boolean,
  nested: (inner: string, level: number) => void,
  put: (text: string, level: number) => void,
): void {
  const brackets = always || /[ +-]/.test(inner.replace(/\\partial /g, ''))
  if (brackets) put('(', 0)
  nested(inner, 0)
  if (brackets) put(')', 0)
}

/** The size of a run in a line of a size. Never below 11 pixels on the line itself. */
export const sizeAt = (level: number, size: number): number => (level === 0 ? size : Math.max(10, size * 0.76))

export const lineWidth = (line: Line, size: number): number =>
  line.reduce((width, { text, level }) => width + textWidth(text, sizeAt(level, size)), 0)

/** The formula in one line of plain text: `z_1 = φ(y_2)^2`. */
export const plainText = (latex: string): string =>
  formulaLine(latex)
    .map(({ text, level }) => (level === 0 ? text : `${level > 0 ? '^' : '_'}${text}`))
    .join('')

/** Where a line may be broken: before a sum's or an equation's sign, else before a minus, else at any space. */
const BREAKS = [/(?= [+=] )/, /(?= [+=−] )/, /(?<= )/]

/** A line broken so that no part is wider than `width`, where that can be. */
export function wrapLine(line: Line, size: number, width: number): Line[] {
  let lines: Line[] = [line]
  for (const at of BREAKS) {
    if (lines.every((each) => lineWidth(each, size) <= width)) break
    lines = broken(line, at, size, width)
  }
  return lines
}

function broken(line: Line, at: RegExp, size: number, width: number): Line[] {
  const words: Line[] = [[]]
  for (const { text, level } of line) {
    const parts = level === 0 ? text.split(at) : [text]
    parts.forEach((part, i) => {
      if (i > 0 || (level === 0 && text.search(at) === 0)) words.push([])
      words[words.length - 1] = [...words.at(-1)!, { text: part, level }]
    })
  }
  const lines: Line[] = []
  for (const word of words.filter((each) => each.length > 0)) {
    const joined = [...(lines.at(-1) ?? []), ...word]
    if (lines.length > 0 && lineWidth(joined, size) <= width) lines[lines.length - 1] = joined
    else lines.push(lines.length === 0 ? word : trimmed(word))
  }
  return lines
}

const trimmed = ([first, ...rest]: Line): Line =>
  first === undefined ? [] : [{ ...first, text: first.text.trimStart() }, ...rest]
