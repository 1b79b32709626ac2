import { format } from 'node:util'
import { equal, plain, show } from './compare.js'

/** What a comment says: a literal, or the text that the value prints as. */
export type Expected = { readonly literal: unknown } | { readonly text: string }

/** What `// =>` became in a running fence of one file. */
export interface Checker {
  value(line: number, actual: () => Promise<unknown>, expected: Expected): Promise<void>
  printed(line: number, actual: () => Promise<unknown[]>, expected: Expected): Promise<void>
  throws(line: number, actual: () => Promise<unknown>, code: string): Promise<void>
}

/** A failed `// =>`; its message begins with the place in the document. */
export class DoctestError extends Error {
  override readonly name = 'DoctestError'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    // The frames would show this tool's code; the message already names the line of the document.
    this.stack = `${this.name}: ${message}`
  }
}

export function checkerFor(file: string): Checker {
  const fail = (line: number, message: string): never => {
    throw new DoctestError(`${file}:${line}: ${message}`)
  }
  const matches = async (line: number, actual: unknown, expected: Expected): Promise<void> => {
    if ('text' in expected) {
      const printed = [String(actual), show(actual)].map(singleSpaced)
      if (!printed.includes(singleSpaced(expected.text)))
        fail(line, `expected the text ${expected.text}, got ${printed.join(' or ')}`)
      return
    }
    const value = await plain(actual)
    if (!equal(value, expected.literal)) fail(line, `expected ${show(expected.literal)}, got ${show(value)}`)
  }
  return {
    async value(line, actual, expected) {
      await matches(line, await actual(), expected)
    },
    async printed(line, actual, expected) {
      const values = await actual()
      await matches(line, values.length === 1 ? values[0] : format(...values), expected)
    },
    async throws(line, actual, code) {
      let value: unknown
      try {
        value = await actual()
      } catch (error) {
        const got = errorCode(error)
        if (got !== code)
          fail(line, `expected an error ${code}, got ${got}: ${error instanceof Error ? error.message : String(error)}`)
        return
      }
      fail(line, `expected an error ${code}, got the value ${show(await plain(value))}`)
    },
  }
}

function errorCode(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code)
  return error instanceof Error ? error.name : typeof error
}

function singleSpaced(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}
