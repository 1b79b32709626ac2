import type { Structure } from '../tensor/tree.js'
import type { Call, Origin } from './call.js'
import type { Program } from './program.js'
import { badProgram, isCount } from './read-program.js'
import type { LeafSpec } from './signature.js'

type Fields = Readonly<Record<string, unknown>>

const MOST_NESTED = 100

/** Reads how an encoded program is called, and refuses what does not fit the program. */
export function readCall(where: string, value: unknown, program: Program): Call {
  const fail = (why: string): never => {
    throw badProgram(where, why)
  }
  if (value === undefined) fail('it holds a program, but not how to call it: use shipProgram')
  const { structure, leaves, result, origins, passed } = (value ?? {}) as Fields
  const list = (items: unknown, what: string): readonly Fields[] =>
    Array.isArray(items) && items.every((item) => typeof item === 'object' && item !== null)
      ? (items as readonly Fields[])
      : fail(`${what} are no list`)

  let counted = 0
  const readStructure = (node: unknown, depth = 0): Structure => {
    const { kind, names, items } = (node ?? {}) as Fields
    if (kind === 'leaf') {
      counted++
      return { kind }
    }
    if (depth > MOST_NESTED) fail(`a tree is nested more than ${MOST_NESTED} deep`)
    const children = list(items, 'the parts of a tree').map((item) => readStructure(item, depth + 1))
    if (kind === 'array') return { kind, items: children }
    const sound =
      kind === 'object' &&
      Array.isArray(names) &&
      names.length === children.length &&
      names.every((name): name is string => typeof name === 'string' && name !== '__proto__')
    return sound ? { kind, names, items: children } : fail('a tree has neither parts nor names')
  }
  const read = <T>(node: unknown, items: unknown, what: string, item: (fields: Fields) => T) => {
    counted = 0
    const tree = readStructure(node)
    const parts = list(items, what).map(item)
    return parts.length === counted ? { tree, parts } : fail(`${what} are not those of its tree`)
  }

  let next = 0
  const given = read(structure, leaves, 'the arguments', ({ kind, value: own }): LeafSpec => {
    if (kind === 'key') return { kind }
    if (kind === 'static') return { kind, value: own }
    const input = kind === 'tensor' ? program.inputs[next++] : undefined
    return input?.role === 'argument'
      ? { kind: 'tensor', shape: input.shape, dtype: input.dtype }
      : fail('an argument is no input')
  })
  const specs = given.parts
  const places = (kind: LeafSpec['kind']): number[] => specs.flatMap((spec, i) => (spec.kind === kind ? [i] : []))
  if (next !== program.inputs.length || places('key').length !== program.keys) fail('its inputs are not its arguments')

  const made = read(result, origins, 'the results', ({ from, index, value: own, shape, dtype }): Origin => {
    if (from === 'static') return { from, value: own }
    const place = isCount(index) ? index : -1
    const source =
      from === 'output'
        ? program.instructions.find(({ id }) => id === program.outputs[place])
        : from === 'input'
          ? program.inputs[place]
          : undefined
    // A result may be a reshaped output: as many elements, of the same dtype.
    const count = (extents: readonly number[]): number => extents.reduce((a, b) => a * b, 1)
    const sound =
      source !== undefined &&
      dtype === source.dtype &&
      Array.isArray(shape) &&
      shape.every(isCount) &&
      count(shape) === count(source.shape)
    return sound
      ? { from: from as 'output' | 'input', index: place, shape, dtype: source.dtype }
      : fail('a result is none of its outputs')
  })
  if (!Array.isArray(passed) || !passed.every((index) => isCount(index) && index < program.inputs.length))
    fail('what it passes through is no input')
  return {
    structure: given.tree,
    leaves: specs,
    inputs: places('tensor'),
    keys: places('key'),
    passed: passed as number[],
    result: made.tree,
    origins: made.parts,
  }
}
