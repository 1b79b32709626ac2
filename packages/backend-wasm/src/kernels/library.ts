import { Reader } from './reader.js'

/** A function of a module, as its bytes: all that another module needs to have it too. */
export interface LibraryFunction {
  /** Value types, as WebAssembly encodes them: 0x7f is i32, 0x7d f32, 0x7c f64, 0x7b v128. */
  readonly params: readonly number[]
  readonly results: readonly number[]
  /** Locals and code, without the length before them. */
  readonly body: Uint8Array
  /** All functions of its module: a `call` in it names one by its place here. */
  readonly siblings: readonly LibraryFunction[]
}

type Signature = Pick<LibraryFunction, 'params' | 'results'>

/** What is in a module. */
export interface Library {
  /** The ids of its sections, in order. */
  readonly sections: readonly number[]
  /** Its exported functions by name. */
  readonly functions: ReadonlyMap<string, LibraryFunction>
}

const TYPES = 1
const FUNCTIONS = 3
const EXPORTS = 7
const CODE = 10

/** Reads a module that imports no functions (WebAssembly core specification 2.0, 5.5). */
export function readLibrary(bytes: Uint8Array): Library {
  const reader = new Reader(bytes)
  reader.skip(8)
  const sections: number[] = []
  let types: Signature[] = []
  let typeOf: number[] = []
  let exported: (readonly [name: string, index: number])[] = []
  let bodies: Uint8Array[] = []
  while (!reader.done) {
    const id = reader.byte()
    const section = new Reader(reader.bytes(reader.number()))
    sections.push(id)
    if (id === TYPES) types = section.list(readType)
    else if (id === FUNCTIONS) typeOf = section.list((each) => each.number())
    else if (id === EXPORTS) exported = section.list(readExport).flatMap((each) => (each === undefined ? [] : [each]))
    else if (id === CODE) bodies = section.list((each) => each.bytes(each.number()))
  }
  const all: LibraryFunction[] = []
  for (const [i, body] of bodies.entries()) all.push({ ...types[typeOf[i]!]!, body, siblings: all })
  return { sections, functions: new Map(exported.map(([name, index]) => [name, all[index]!])) }
}

function readType(reader: Reader): Signature {
  // 0x60: a function.
  reader.skip(1)
  return { params: reader.list((each) => each.byte()), results: reader.list((each) => each.byte()) }
}

/** A function's name and index; nothing for what else is exported. */
function readExport(reader: Reader): readonly [string, number] | undefined {
  const name = String.fromCharCode(...reader.bytes(reader.number()))
  const isFunction = reader.byte() === 0
  const index = reader.number()
  return isFunction ? [name, index] : undefined
}
