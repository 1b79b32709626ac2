import type { FunctionWriter } from '../encode/function.js'
import type { ImportedFunction, FunctionType } from '../encode/module.js'
import { TYPE_BYTES, type Instruction, type ValueType } from '../encode/opcodes.js'
import type { LibraryFunction } from '../kernels/library.js'
import type { Constants } from './constants.js'
import { inline } from './inline.js'

interface Symbol extends FunctionType {
  /** `library`: copied into the module; `kernel`: called in the kernels' module; `host`: a function of JavaScript. */
  readonly kind: 'library' | 'kernel' | 'host' | 'own'
  readonly name: string
  readonly body?: Uint8Array
}

/**
 * Gives numbers to the functions that generated code calls. Until all are known, a `call` holds the number of a symbol;
 * then those that are imported come first, and the calls get the numbers of functions.
 */
export class Linker {
  private readonly symbols: Symbol[] = []

  /**
   * @param library - the functions of the kernels' module
   * @param copy - for a module that needs no other: kernels are copied as well. Given the functions and the number of the first, it returns these,
   * and what they call behind them
   */
  constructor(
    private readonly library: ReadonlyMap<string, LibraryFunction>,
    private readonly copy?: (functions: readonly LibraryFunction[], first: number) => readonly LibraryFunction[],
  ) {}

  /** A function that is made of nothing but instructions: it is copied into the module. */
  call(f: FunctionWriter, name: string, inputs: readonly (() => void)[], constants: Constants): void {
    const found = this.find(name)
    // Where it is called often, its code takes the place of the call.
    if (constants.isLoop) {
      for (const input of inputs) input()
      if (inline(f, found, constants)) return
      inputs = []
    }
    this.emit(f, { ...found, kind: 'library', name }, inputs)
  }

  /** A kernel, in its own module or copied. */
  callKernel(f: FunctionWriter, name: string, inputs: readonly (() => void)[]): void {
    const { params, results } = this.find(name)
    this.emit(f, { params, results, kind: this.copy === undefined ? 'kernel' : 'library', name }, inputs)
  }

  /** A function of JavaScript that takes as many numbers as there are inputs, and answers with one, if it has a result. */
  callHost(
    f: FunctionWriter,
    name: string,
    inputs: readonly (() => void)[],
    type: { readonly params: readonly ValueType[]; readonly results: readonly ValueType[] },
  ): void {
    const bytes = (types: readonly ValueType[]): number[] => types.map((each) => TYPE_BYTES[each])
    this.emit(f, { params: bytes(type.params), results: bytes(type.results), kind: 'host', name }, inputs)
  }

  /** A function of the module itself, by its number among those. */
  callOwn(f: FunctionWriter, index: number, inputs: readonly (() => void)[]): void {
    this.emit(f, { kind: 'own', name: String(index), params: [], results: [] }, inputs)
  }

  private find(name: string): LibraryFunction {
    const found = this.library.get(name)
    if (found === undefined) throw new Error(`no function ${name} among the kernels`)
    return found
  }

  private emit(f: FunctionWriter, symbol: Symbol, inputs: readonly (() => void)[]): void {
    let index = this.symbols.findIndex(({ kind, name }) => kind === symbol.kind && name === symbol.name)
    if (index < 0) index = this.symbols.push(symbol) - 1
    for (const input of inputs) input()
    f.emit('call', index)
  }

  /** What the module imports, which functions of the library it holds first, and what each call becomes. */
  link(): {
    readonly imports: readonly ImportedFunction[]
    readonly library: readonly LibraryFunction[]
    readonly resolve: (instruction: Instruction) => Instruction
  } {
    const imported = this.symbols.filter(({ kind }) => kind === 'host' || kind === 'kernel')
    const called = this.symbols.filter(({ kind }) => kind === 'library').map(({ name }) => this.find(name))
    const found = [...new Set(called)]
    const library = this.copy?.(found, imported.length) ?? found
    const numbers = this.symbols.map((symbol) => {
      if (symbol.kind === 'own') return imported.length + library.length + Number(symbol.name)
      return symbol.kind === 'library'
        ? imported.length + found.indexOf(this.find(symbol.name))
        : imported.indexOf(symbol)
    })
    return {
      imports: imported.map(({ kind, name, params, results }) => ({ module: kind, name, params, results })),
      library,
      resolve: (instruction) => (instruction[0] === 'call' ? ['call', numbers[instruction[1]!]!] : instruction),
    }
  }
}
