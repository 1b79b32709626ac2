import { Bytes } from './bytes.js'

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

/** What a module has besides functions. */
export interface OtherParts {
  readonly sections: readonly (readonly [id: number, content: Bytes])[]
  /** By their names: the kind and the number among those of its kind. */
  readonly exports: Readonly<Record<string, readonly [kind: number, index: number]>>
}

/** A module: functions over one memory. Functions are numbered, imported ones first. */
export interface ModuleParts {
  readonly imports: readonly ImportedFunction[]
  readonly functions: readonly DefinedFunction[]
  /** Whether the memory is shared among threads; it then has a limit, in pages. */
  readonly shared?: { readonly maximum: number } | undefined
  /** Memory of its own, as `ownMemory` makes it. Where it is absent, the module imports `env.memory`. */
  readonly memory?: OtherParts
}

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
const Section = { type: 1, import: 2, function: 3, export: 7, start: 8, code: 10 } as const
const FUNCTION = 0
const MEMORY = 2

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
  const others = Object.entries(memory?.exports ?? {})
  const exported = functions.filter((each) => each.exported !== undefined)
  functionSection.unsigned(functions.length)
  codeSection.unsigned(functions.length)
  exportSection.unsigned(exported.length + others.length)
  functions.forEach((each, i) => {
    functionSection.unsigned(typeOf(each))
    codeSection.unsigned(each.body.length)
    codeSection.all(each.body)
    if (each.exported === undefined) return
    exportSection.name(each.exported)
    exportSection.byte(FUNCTION)
    exportSection.unsigned(imports.length + i)
  })

  for (const [name, [kind, index]] of others) {
    exportSection.name(name)
    exportSection.byte(kind)
    exportSection.unsigned(index)
  }
  const startSection = new Bytes()
  const start = functions.findIndex(({ isStart }) => isStart === true)
  startSection.unsigned(imports.length + start)

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
    ...(start >= 0 ? [[Section.start, startSection] as const] : []),
    ...(memory?.sections ?? []),
  ]
  for (const [id, content] of sections.sort(([a], [b]) => a - b)) {
    out.byte(id)
    out.sized(content)
  }
  return out.view()
}
