import { number, or, readOptions, whole } from '../arguments/index.js'
import { NeuriteError } from '../errors/index.js'
import { sameShape } from '../shape/index.js'
import type { TensorSpec } from '../tensor/dtype.js'
import type { Primitive } from '../primitive/primitive.js'
import type { PrimitiveName } from '../primitive/params.js'
import { avgPool2d, conv2d, maxPool2d } from '../primitive/index.js'
import { rules } from '../primitive/table.js'
import { readParams } from './params-schema.js'
import type { Instruction, Program, ValueId } from './program.js'
import { badProgram, readProgram, type DecodeLimits } from './read-program.js'

/**
 * The Program in a text of {@link encodeProgram}. The text may come from anywhere: every name, param, shape and dtype is checked
 * against what the primitive does, and all is within limits, so that a backend can trust it.
 *
 * @param options - `maxLength` of the text (default 2^26 characters), `maxBytes` of all values together (default 2^33)
 * @throws NeuriteError `BAD_PROGRAM` saying what is wrong, `UNKNOWN_OPTION`, `INVALID_ARGUMENT`
 * @example
 * ```ts
 * import { add, decodeProgram, encodeProgram, tensor, trace, type Tensor } from '@neurite/core'
 * const text = encodeProgram(trace((x: Tensor) => add(x, 1))(tensor([1, 2])))
 * decodeProgram(text).instructions.length // => 2
 * decodeProgram(text.replace('[2]', '[3]')) // => throws BAD_PROGRAM
 * ```
 */
export function decodeProgram(text: string, options: DecodeLimits = {}): Program {
  const limits = readOptions('decodeProgram', options, {
    maxLength: or(2 ** 26, whole(0)),
    maxBytes: or(2 ** 33, number('[0, Infinity)')),
  })
  const { program } = readProgram('decodeProgram', text, limits)
  const specs = new Map<ValueId, TensorSpec>(program.inputs.map((input) => [input.id, input]))
  const instructions = program.instructions.map((instruction, i) => {
    const checked = check(instruction, i, specs, program.keys)
    specs.set(checked.id, checked)
    return checked
  })
  return { ...program, instructions }
}

/** An instruction that its primitive would make from these inputs, or an error. */
function check(
  instruction: Instruction,
  i: number,
  specs: ReadonlyMap<ValueId, TensorSpec>,
  keys: number,
): Instruction {
  const { id, primitive, inputs, shape, dtype } = instruction
  const fail = (why: string, cause?: unknown): never => {
    throw badProgram('decodeProgram', `instruction ${i}, ${primitive}, ${why}`, cause)
  }
  if (!Object.hasOwn(rules, primitive)) fail('is no primitive')
  const operands = inputs.map((input) => specs.get(input)!)
  try {
    const params = readParams(primitive, instruction.params, operands, keys)
    // Name and params belong together: both come from one instruction.
    const made = (rules[primitive] as Primitive<PrimitiveName>).infer(operands, params, primitive)
    checkWayBack(instruction, operands, fail)
    if (made.dtype !== dtype || !sameShape(made.shape, shape))
      fail(`would make ${made.dtype}[${made.shape.join(', ')}]`)
    return { id, primitive, inputs, params, shape, dtype } as Instruction
  } catch (error) {
    if (NeuriteError.isInstance(error) && error.code !== 'BAD_PROGRAM') fail('does not fit its inputs', error)
    throw error
  }
}

/**
 * The shape of a gradient comes as a param: from it, the way forward must lead to the upstream gradient that came in. In eager calls
 * only a gradient rule makes these, from shapes that were checked on the way forward.
 */
function checkWayBack(instruction: Instruction, inputs: readonly TensorSpec[], fail: (why: string) => never): void {
  const [first, second] = inputs as [TensorSpec, TensorSpec]
  const { dtype } = first ?? instruction
  const mustBe = (spec: TensorSpec, shape: readonly number[]): void => {
    if (!sameShape(spec.shape, shape))
      fail(`has an upstream of shape [${spec.shape.join(', ')}] for [${shape.join(', ')}]`)
  }
  switch (instruction.primitive) {
    case 'conv2dInputGradient': {
      const image = { shape: instruction.params.inputShape, dtype }
      return mustBe(first, conv2d.infer([image, second], instruction.params, 'conv2d').shape)
    }
    case 'conv2dFilterGradient': {
      const filter = { shape: instruction.params.filterShape, dtype }
      return mustBe(second, conv2d.infer([first, filter], instruction.params, 'conv2d').shape)
    }
    case 'maxPool2dGradient':
      return mustBe(second, maxPool2d.infer([first], instruction.params, 'maxPool2d').shape)
    case 'maxPool2dPick':
      return mustBe(second, first.shape)
    case 'avgPool2dGradient': {
      const image = { shape: instruction.params.inputShape, dtype }
      return mustBe(first, avgPool2d.infer([image], instruction.params, 'avgPool2d').shape)
    }
    case 'scatterAdd': {
      const { axis, indexRank } = instruction.params
      return mustBe(second, first.shape.slice(axis, axis + indexRank))
    }
    default:
  }
}
