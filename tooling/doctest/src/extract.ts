/** A ts fence of a document or of a doc comment. */
export interface Fence {
  /** The file it stands in, relative to the root. */
  readonly file: string
  /** The line of its first line of code, from 1. */
  readonly line: number
  readonly code: string
  /** False for fences marked `ts no-run`: they are type-checked only. */
  readonly run: boolean
  /** A docstring's fence finds a default backend in place; a document's fence is a whole program and sets its own. */
  readonly docstring: boolean
}

const OPENING = /^(?<indent>\s*)(?<ticks>`{3,})ts(?<info>(?:\s.*)?)$/

/** The ts fences of one file: all of a Markdown file, those inside doc comments of a TypeScript file. */
export function extractFences(file: string, text: string): Fence[] {
  const docstring = !file.endsWith('.md')
  const lines = docstring ? docCommentLines(text) : text.split('\n')
  const fences: Fence[] = []
  for (let i = 0; i < lines.length; i++) {
    const opening = OPENING.exec(lines[i] ?? '')?.groups
    if (opening === undefined) continue
    const { indent = '', ticks = '', info = '' } = opening
    const end = lines.findIndex((line, index) => index > i && line?.trim() === ticks)
    if (end < 0) throw new Error(`${file}:${i + 1}: a ts fence is opened and never closed`)
    const code = lines
      .slice(i + 1, end)
      .map((line) => (line?.startsWith(indent) ? line.slice(indent.length) : (line ?? '')))
    fences.push({ file, line: i + 2, code: code.join('\n'), run: !/\bno-run\b/.test(info), docstring })
    i = end
  }
  return fences
}

/** The file's lines with everything outside doc comments undefined, and the leading ` * ` of the rest taken away. */
function docCommentLines(text: string): (string | undefined)[] {
  let inside = false
  return text.split('\n').map((line) => {
    const starts = !inside && /^\s*\/\*\*/.test(line)
    if (!inside && !starts) return undefined
    inside = !line.includes('*/')
    return starts ? '' : line.replace(/^\s*\*\/?\s?/, '')
  })
}
