import { OPCODES, type Instruction } from './opcodes.js'

/** Instructions in the text format, one a line; blocks are indented. */
export function printInstructions(instructions: readonly Instruction[]): string {
  let depth = 0
  return instructions
    .map(([op, ...immediates]) => {
      if (op === 'end') depth--
      const line = `${'  '.repeat(depth)}${op === 'raw' ? `;; ${immediates.length} bytes of a function` : text(op, immediates)}`
      if (op === 'loop' || op === 'block') depth++
      return line
    })
    .join('\n')
}

function text(op: Exclude<Instruction[0], 'raw'>, immediates: readonly number[]): string {
  const [first = 0, second = 0] = immediates
  switch (OPCODES[op].immediate) {
    case 'none':
    case 'block':
      return op
    case 'memory':
      return first === 0 ? op : `${op} offset=${first}`
    case 'memoryLane':
      return `${op} offset=${first} ${second}`
    case 'bytes':
      return op === 'v128.const' ? `${op} i8x16 ${immediates.join(' ')}` : `${op} ${immediates.join(' ')}`
    default:
      return `${op} ${first}`
  }
}
