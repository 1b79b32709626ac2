import { constant, variable, type Affine } from './program/affine.js'

const LOOPS = ['i', 'j', 'k', 'l', 'm', 'n', 'p', 'q']

/** A line, or lines in braces. */
interface Statement {
  readonly head: string
  readonly body: readonly Statement[] | undefined
}

/** JavaScript, statement by statement. */
export class Code {
  #statements: Statement[] = []
  readonly #taken = new Map<string, number>()

  line(text: string): void {
    this.#statements.push({ head: text, body: undefined })
  }

  /** What `write` adds, in braces after `head`. */
  block(head: string, write: () => void): void {
    this.#statements.push({ head, body: this.#written(write) })
  }

  /** All that another one holds. */
  append(other: Code): void {
    this.#statements.push(...other.#statements)
  }

  /** What `write` adds, with names of its own: in braces where they could meet others. */
  apart(write: () => void): void {
    this.#taken.clear()
    const body = this.#written(write)
    if (body.length > 1) this.#statements.push({ head: '', body })
    else this.#statements.push(...body)
  }

  /** A name for something that counts from 0. */
  loop(extent: number, write: (i: Affine) => void): void {
    if (extent === 1) return write(constant(0))
    const name = this.#next(LOOPS)
    this.block(`for (let ${name} = 0; ${name} < ${extent}; ${name}++)`, () => write(variable(name)))
  }

  /** Loops in loops, one for each axis. */
  loops(extents: readonly number[], write: (index: readonly Affine[]) => void): void {
    const [extent, ...inner] = extents
    if (extent === undefined) return write([])
    this.loop(extent, (i) => this.loops(inner, (rest) => write([i, ...rest])))
  }

  /** A name that nothing around has: the letter, then with numbers. */
  fresh(letter: string): string {
    return this.#next([letter])
  }

  toString(): string {
    return print(this.#statements, '').join('\n')
  }

  #next(letters: readonly string[]): string {
    const list = letters.join('')
    const count = this.#taken.get(list) ?? 0
    this.#taken.set(list, count + 1)
    const round = Math.floor(count / letters.length)
    return `${letters[count % letters.length]!}${round === 0 ? '' : round}`
  }

  #written(write: () => void): readonly Statement[] {
    const outer = this.#statements
    const inner: Statement[] = (this.#statements = [])
    write()
    this.#statements = outer
    return inner
  }
}

function print(statements: readonly Statement[], indent: string): string[] {
  return statements.flatMap(({ head, body }) => {
    if (body === undefined) return head === '' ? '' : `${indent}${head}`
    const [only, ...others] = body
    // A single line needs no braces, unless it declares something.
    const isPlain = only?.body === undefined && others.length === 0 && !/^(const|let|if) |^$/.test(only?.head ?? '')
    if (isPlain && head.startsWith('for ')) return `${indent}${head} ${only!.head}`
    return [`${indent}${head}${head && ' '}{`, ...print(body, `${indent}  `), `${indent}}`]
  })
}
