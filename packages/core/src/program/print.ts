import type { TensorSpec } from '../tensor/dtype.js'
import type { Instruction, Program } from './program.js'

const SHORT = { float32: 'f32', float64: 'f64', int32: 'i32', bool: 'bool' } as const

function spec({ shape, dtype }: TensorSpec): string {
  return `${SHORT[dtype]}[${shape.join(',')}]`
}

function params(instruction: Instruction): string {
  // The shape and dtype of the result are printed anyway.
  const shown = Object.entries(instruction.params).filter(([name]) => name !== 'shape' && name !== 'dtype')
  const text = shown.map(([name, value]) => `${name}=${name === 'key' ? key(value as object) : typeof value === 'number' ? String(value) : JSON.stringify(value)}`)
  return text.join(' ')
}

function key(source: object): string {
  return 'folds' in source ? `key${JSON.stringify(source)}` : JSON.stringify(source)
}

/**
 * A Program as text, one line a value: `%4: f32[2,3] = add %0 %3`.
 */
export function printProgram(program: Program): string {
  const inputs = program.inputs.map((input) => `%${input.id}: ${spec(input)}${input.role === 'captured' ? ' captured' : ''}${input.donated ? ' donated' : ''}`)
  const keys = Array.from({ length: program.keys }, (_, i) => `key${i}`)
  const lines = program.instructions.map((instruction) =>
    ['  ', `%${instruction.id}: ${spec(instruction)} = ${instruction.primitive}`, ...instruction.inputs.map((id) => ` %${id}`), params(instruction) === '' ? '' : ` { ${params(instruction)} }`].join(''),
  )
  return [`program(${[...inputs, ...keys].join(', ')}) {`, ...lines, `  return ${program.outputs.map((id) => `%${id}`).join(', ')}`, '}'].join('\n')
}
