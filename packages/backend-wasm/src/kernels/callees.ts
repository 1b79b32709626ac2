import { Bytes } from '../encode/bytes.js'
import { codeOf, Op } from './code.js'
import type { LibraryFunction } from './library.js'
import { Reader } from './reader.js'

/**
 * Functions with all that they call, directly or not, so that nothing of their module is missed.
 *
 * @param roots - they come first, in this order
 * @param first - the number that the first one has in the new module
 * @returns each once, its calls being those of the new module
 */
export function withCallees(roots: readonly LibraryFunction[], first: number): LibraryFunction[] {
  const all = new Set(roots)
  // A set is walked to its end, which moves.
  for (const each of all) for (const { callee } of callsIn(each)) all.add(callee)
  const numbers = new Map([...all].map((each, i) => [each, first + i]))
  return [...all].map((each) => renumbered(each, (callee) => numbers.get(callee)!))
}

/** Where a function calls another: the number to be replaced is in the bytes [start, end) of its body. */
interface Call {
  readonly callee: LibraryFunction
  readonly start: number
  readonly end: number
}

function callsIn(from: LibraryFunction): Call[] {
  return codeOf(from)
    .instructions.filter(({ op }) => op === Op.call)
    .map(({ immediates: start, end }) => ({
      callee: from.siblings[new Reader(from.body.subarray(start)).number()]!,
      start,
      end,
    }))
}

function renumbered(from: LibraryFunction, numberOf: (callee: LibraryFunction) => number): LibraryFunction {
  const body = new Bytes()
  let copied = 0
  for (const { callee, start, end } of callsIn(from)) {
    body.all(from.body.subarray(copied, start))
    body.unsigned(numberOf(callee))
    copied = end
  }
  body.all(from.body.subarray(copied))
  return { ...from, body: body.view() }
}
