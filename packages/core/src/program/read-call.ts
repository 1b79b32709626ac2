import { sizeOf } from '../shape/index.js'
import type { Structure } from '../tensor/tree.js'
import type { Call, Origin } from './call.js'
import type { Program } from './program.js'
import { badProgram, isCount } from './read-program.js'
import type { LeafSpec } from './signature.js'

type Fields = Readonly<Record<string, unknown>>

const MOST_NESTED = 100

/** Reads how an encoded program is called, and refuses what does not fit the program. */
export function readCall(where: string, value: unknown, program: Program): Call {
  const fail = (): never => {
    throw badProgram(where, 'how it is called does not fit it, or is not told; use shipProgram')
  }
  const { structure, leaves, result, origins, passed } = (value ?? {}) as Fields
  const list = (items: unknown): readonly Fields[] =>
    Array.isArray(items) && items.every((item) => typeof item === 'object' && item !== null)
      ? (items as readonly Fields[])
      : fail()

  let counted = 0
  const readTree = (node: unknown, depth: number): Structure => {
    const { kind, names, items } = (node ?? {}) as Fields
    if (kind === 'leaf') {
      counted++
      return { kind }
    }
    const parts = depth > 0 ? list(items).map((item) => readTree(item, depth - 1)) : fail()
    if (kind === 'array') return { kind, items: parts }
    const isNamed =
      kind === 'object' &&
      Array.isArray(names) &&
      names.length === parts.length &&
      names.every((name): name is string => typeof name === 'string' && name !== '__proto__')
    return isNamed ? { kind, names, items: parts } : fail()
  }
  const read = <T>(node: unknown, items: unknown, leaf: (fields: Fields) => T) => {
    counted = 0
    const tree = readTree(node, MOST_NESTED)
    const leaves = list(items).map(leaf)
    return leaves.length === counted ? { tree, leaves } : fail()
  }

  let next = 0
  const given = read(structure, leaves, ({ kind, value: own }): LeafSpec => {
    if (kind === 'key') return { kind }
    if (kind === 'static') return { kind, value: own }
    const input = kind === 'tensor' ? program.inputs[next++] : undefined
    return input?.role === 'argument' ? { kind: 'tensor', shape: input.shape, dtype: input.dtype } : fail()
  })
  const specs = given.leaves
  const places = (kind: LeafSpec['kind']): number[] => specs.flatMap((spec, i) => (spec.kind === kind ? [i] : []))
  if (next !== program.inputs.length || places('key').length !== program.keys) fail()

  const outputs = program.outputs.map((id) => program.instructions.find((made) => made.id === id))
  const made = read(result, origins, ({ from, index, value: own, shape, dtype }): Origin => {
    if (from === 'static') return { from, value: own }
    const sources = from === 'output' ? outputs : from === 'input' ? program.inputs : []
    const source = isCount(index) ? sources[index] : undefined
    // A result may be a reshaped output: as many elements, of the same dtype.
    if (source === undefined || dtype !== source.dtype || !Array.isArray(shape) || !shape.every(isCount)) return fail()
    if (sizeOf(shape) !== sizeOf(source.shape)) return fail()
    return { from: sources === outputs ? 'output' : 'input', index: Number(index), shape, dtype: source.dtype }
  })
  if (!Array.isArray(passed) || !passed.every((index) => isCount(index) && index < program.inputs.length)) fail()
  return {
    structure: given.tree,
    leaves: specs,
    inputs: places('tensor'),
    keys: places('key'),
    passed: passed as number[],
    result: made.tree,
    origins: made.leaves,
  }
}
