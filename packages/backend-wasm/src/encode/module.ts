import { Bytes } from './bytes.js'
import { TYPE_BYTES } from './opcodes.js'

/** Params and results of a function: value types as bytes, see `TYPE_BYTES`. */
export interface FunctionType {
  readonly params: readonly number[]
  readonly results: readonly number[]
}

/** A function that comes from outside, from the module of this name. */
export interface ImportedFunction extends FunctionType {
  readonly module: string
  readonly name: string
}

/** A function of the module: what stands in the code section, and the name under which it is exported, if it is. */
export interface DefinedFunction extends FunctionType {
  readonly body: Uint8Array
  readonly exported?: string
  /** Whether it runs when an instance is made. */
  readonly isStart?: boolean
}

/** The memory of a module that needs no other: exported as `memory`, and never longer. */
export interface OwnMemory {
  /** Its length, in pages of 64 KiB. */
  readonly pages: number
  /** What is in it at first, from an address on. */
  readonly data: { readonly address: number; readonly bytes: Uint8Array }
  /** Numbers that the module exports, int32, by their names. */
  readonly numbers: Readonly<Record<string, number>>
}

/** A module: functions over one memory. Functions are numbered, imported ones first. */
export interface ModuleParts {
  readonly imports: readonly ImportedFunction[]
  readonly functions: readonly DefinedFunction[]
  /** Whether the memory is shared among threads; it then has a limit, in pages. */
  readonly shared?: { readonly maximum: number } | undefined
  /** Where this is absent, the module imports `env.memory`. */
  readonly memory?: OwnMemory
}

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
const Section = {
  type: 1,
  import: 2,
  function: 3,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  code: 10,
  data: 11,
} as const
const FUNCTION = 0
const MEMORY = 2
const GLOBAL = 3

/** The module in the binary format. */
export function encodeModule({ imports, functions, shared, memory }: ModuleParts): Uint8Array<ArrayBuffer> {
  const types = new Map<string, number>()
  const typeSection = new Bytes()
  const typeOf = ({ params, results }: FunctionType): number => {
    const key = `${params.join()}>${results.join()}`
    let index = types.get(key)
    if (index === undefined) {
      index = types.size
      types.set(key, index)
      typeSection.byte(0x60)
      for (const list of [params, results]) {
        typeSection.unsigned(list.length)
        typeSection.all(list)
      }
    }
    return index
  }

  const importSection = new Bytes()
  importSection.unsigned(imports.length + (memory === undefined ? 1 : 0))
  if (memory === undefined) {
    importSection.name('env')
    importSection.name('memory')
    importSection.byte(MEMORY)
    importSection.byte(shared === undefined ? 0 : 3)
    importSection.unsigned(1)
    if (shared !== undefined) importSection.unsigned(shared.maximum)
  }
  for (const each of imports) {
    importSection.name(each.module)
    importSection.name(each.name)
    importSection.byte(FUNCTION)
    importSection.unsigned(typeOf(each))
  }

  const functionSection = new Bytes()
  const codeSection = new Bytes()
  const exportSection = new Bytes()
  const numbers = Object.entries(memory?.numbers ?? {})
  const exported = functions.filter((each) => each.exported !== undefined)
  functionSection.unsigned(functions.length)
  codeSection.unsigned(functions.length)
  exportSection.unsigned(exported.length + (memory === undefined ? 0 : 1 + numbers.length))
  functions.forEach((each, i) => {
    functionSection.unsigned(typeOf(each))
    codeSection.unsigned(each.body.length)
    codeSection.all(each.body)
    if (each.exported === undefined) return
    exportSection.name(each.exported)
    exportSection.byte(FUNCTION)
    exportSection.unsigned(imports.length + i)
  })

  const more = memory === undefined ? [] : memorySections(memory)
  if (memory !== undefined) {
    exportSection.name('memory')
    exportSection.all([MEMORY, 0])
    numbers.forEach(([name], i) => {
      exportSection.name(name)
      exportSection.byte(GLOBAL)
      exportSection.unsigned(i)
    })
  }
  const start = functions.findIndex(({ isStart }) => isStart === true)
  if (start >= 0) more.push([Section.start, of((out) => out.unsigned(imports.length + start))])

  const allTypes = new Bytes()
  allTypes.unsigned(types.size)
  allTypes.all(typeSection.view())

  const out = new Bytes()
  out.all(HEADER)
  const sections: (readonly [id: number, content: Bytes])[] = [
    [Section.type, allTypes],
    [Section.import, importSection],
    [Section.function, functionSection],
    [Section.export, exportSection],
    [Section.code, codeSection],
    ...more,
  ]
  for (const [id, content] of sections.sort(([a], [b]) => a - b)) {
    out.byte(id)
    out.sized(content)
  }
  return out.view()
}

/** `i32.const` and `end`, around a number. */
const CONSTANT = 0x41
const END = 0x0b

function memorySections({ pages, data, numbers }: OwnMemory): [id: number, content: Bytes][] {
  const values = Object.values(numbers)
  const constant = (out: Bytes, value: number): void => {
    out.byte(CONSTANT)
    out.signed(value)
    out.byte(END)
  }
  return [
    [Section.memory, of((out) => [1, 1, pages, pages].forEach((value) => out.unsigned(value)))],
    [
      Section.global,
      of((out) => {
        out.unsigned(values.length)
        for (const value of values) {
          out.all([TYPE_BYTES.i32, 0])
          constant(out, value)
        }
      }),
    ],
    [
      Section.data,
      of((out) => {
        // One, for the memory 0.
        out.all([1, 0])
        constant(out, data.address)
        out.unsigned(data.bytes.length)
        out.all(data.bytes)
      }),
    ],
  ]
}

function of(write: (out: Bytes) => void): Bytes {
  const out = new Bytes()
  write(out)
  return out
}
