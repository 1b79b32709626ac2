import {
  sizeOf,
  tensor,
  trace,
  type ArrayData,
  type Instruction,
  type Program,
  type Tensor,
  type Tree,
} from '@neurite/core'
import type { SavedModelParts } from './saved-model.js'

// Loading runs the golden rows. A file of a few bytes can describe layers whose output is as large as it likes: padding, windows, channels that
// double. So it may ask for work only in proportion to its own size. Counted are multiplications; a number that is written counts as 32, since
// memory is dearer than arithmetic, and an instruction as 2^18, since each is compiled.

const WRITTEN = 32
const INSTRUCTION = 2 ** 18
/** What any file may ask for: less than a second. */
const LEAST = 2 ** 28
/** For each byte of a file: a weight of four bytes may be used 2^16 times, which is for each of 90 x 90 pixels in each of 8 rows. */
const PER_BYTE = 2 ** 14

/** What a file of this size may ask for, unless the caller says otherwise. */
export function workOfFile(bytes: number): number {
  return LEAST + PER_BYTE * bytes
}

/** Traces a model on features, which computes nothing, and counts. */
export function workOfModel(
  { model, params, state, backend }: Pick<SavedModelParts, 'model' | 'params' | 'state' | 'backend'>,
  features: ArrayData,
): number {
  const x = tensor(features, { backend })
  try {
    const apply = (p: Tree, s: Tree, input: Tensor): Tensor =>
      model.apply(p, input, state === undefined ? {} : { state: s })
    return workOf(trace(apply)(params, state ?? {}, x))
  } finally {
    x.dispose()
  }
}

function workOf({ inputs, instructions }: Program): number {
  const shapes = new Map([...inputs, ...instructions].map(({ id, shape }) => [id, shape]))
  const sum = (total: number, part: number): number => total + part
  return instructions
    .map((instruction) => {
      const given = instruction.inputs.map((id) => shapes.get(id)!)
      const made = sizeOf(instruction.shape)
      const read = given.map(sizeOf).reduce(sum, 0)
      return Math.max(INSTRUCTION, WRITTEN * made, read, made * multiplications(instruction, given))
    })
    .reduce(sum, 0)
}

/** For each number that comes out. */
function multiplications({ primitive, params }: Instruction, [a = [], b = []]: readonly (readonly number[])[]): number {
  if (primitive === 'matmul') return a.at(params.transposeA ? -2 : -1)!
  if (primitive === 'conv2d') return sizeOf(b.slice(0, 3))
  if (primitive === 'maxPool2d' || primitive === 'avgPool2d') return sizeOf(params.window)
  return 1
}
