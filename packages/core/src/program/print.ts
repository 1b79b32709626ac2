import type { KeySource } from '../random/key.js'
import type { TensorSpec } from '../tensor/dtype.js'
import type { Instruction, Program } from './program.js'

const SHORT = { float32: 'f32', float64: 'f64', int32: 'i32', bool: 'bool' } as const

function spec({ shape, dtype }: TensorSpec): string {
  return `${SHORT[dtype]}[${shape.join(',')}]`
}

function params(instruction: Instruction): string {
  // The shape and dtype of the result are printed anyway.
  const shown = Object.entries(instruction.params).filter(([name]) => name !== 'shape' && name !== 'dtype')
  return shown
    .map(([name, value]) => `${name}=${text(name, value)}`)
    .sort()
    .join(' ')
}

function text(name: string, value: unknown): string {
  if (name === 'key') return keyText(value as KeySource)
  return typeof value === 'number' ? (Object.is(value, -0) ? '-0' : String(value)) : JSON.stringify(value)
}

function keyText(source: KeySource): string {
  return 'input' in source
    ? `key${source.input}${source.folds.map((n) => `.fold(${n})`).join('')}`
    : JSON.stringify(source)
}

/**
 * A Program as text, one line a value: its name, dtype and shape, then the primitive, its inputs and its params.
 *
 * @example
 * ```ts
 * import { mul, printProgram, sum, tensor, trace, type Tensor } from '@neurite/core'
 * const program = trace((x: Tensor) => sum(mul(x, x), { axes: [1] }))(tensor([[1, 2], [3, 4]]))
 * printProgram(program).split('\n')[1] // => '  %1: f32[2,2] = mul %0 %0'
 * ```
 */
export function printProgram(program: Program): string {
  const inputs = program.inputs.map(
    (input) =>
      `%${input.id}: ${spec(input)}${input.role === 'captured' ? ' captured' : ''}${input.donated ? ' donated' : ''}`,
  )
  const keys = Array.from({ length: program.keys }, (_, i) => `key${i}`)
  const lines = program.instructions.map((instruction) =>
    [
      '  ',
      `%${instruction.id}: ${spec(instruction)} = ${instruction.primitive}`,
      ...instruction.inputs.map((id) => ` %${id}`),
      params(instruction) === '' ? '' : ` { ${params(instruction)} }`,
    ].join(''),
  )
  return [
    `program(${[...inputs, ...keys].join(', ')}) {`,
    ...lines,
    `  return ${program.outputs.map((id) => `%${id}`).join(', ')}`,
    '}',
  ].join('\n')
}
