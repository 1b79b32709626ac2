import { Bytes } from './bytes.js'
import type { OtherParts } from './module.js'
import { TYPE_BYTES } from './opcodes.js'

/** The memory of a module that needs no other. */
export interface OwnMemory {
  /** Its length for good, in pages of 64 KiB. */
  readonly pages: number
  /** What is in it at first, from an address on. */
  readonly data: { readonly address: number; readonly bytes: Uint8Array }
  /** Numbers that the module exports beside it, int32, by their names. */
  readonly numbers: Readonly<Record<string, number>>
}

const Section = { memory: 5, global: 6, data: 11 } as const
const MEMORY = 2
const GLOBAL = 3
/** `i32.const` and `end`, around a number. */
const CONSTANT = 0x41
const END = 0x0b

/** Memory, exported as `memory`, with what is in it, and numbers. */
export function ownMemory({ pages, data, numbers }: OwnMemory): OtherParts {
  const constant = (out: Bytes, value: number): void => {
    out.byte(CONSTANT)
    out.signed(value)
    out.byte(END)
  }
  const names = Object.keys(numbers)
  // One, with a limit.
  const memorySection = new Bytes()
  for (const value of [1, 1, pages, pages]) memorySection.unsigned(value)

  const globalSection = new Bytes()
  globalSection.unsigned(names.length)
  for (const value of Object.values(numbers)) {
    // Never changed.
    globalSection.all([TYPE_BYTES.i32, 0])
    constant(globalSection, value)
  }

  // One piece, for memory 0.
  const dataSection = new Bytes()
  dataSection.all([1, 0])
  constant(dataSection, data.address)
  dataSection.unsigned(data.bytes.length)
  dataSection.all(data.bytes)
  return {
    sections: [
      [Section.memory, memorySection],
      [Section.global, globalSection],
      [Section.data, dataSection],
    ],
    exports: {
      memory: [MEMORY, 0],
      ...Object.fromEntries(names.map((name, i) => [name, [GLOBAL, i] as const])),
    },
  }
}
