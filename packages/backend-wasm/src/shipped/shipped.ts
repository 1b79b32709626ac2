import { NeuriteError, type Backend, type Kernels } from '@neurite/core'
import { WasmExecutable, type Compiled } from '../executable.js'
import { decode, inflate } from '../kernels/decode.js'
import { Memory, type Stored } from '../memory/memory.js'
import { webAssembly } from '../web-assembly.js'
import { keyOf, type Shipment } from './shipment.js'

/**
 * A backend for programs that were compiled ahead of time: it runs these, through `loadProgram`, and computes nothing else. For pages that
 * load a shipped training step or prediction, and count kilobytes.
 *
 * @param codes - of `shipWasm`: one, or all that are to share tensors. As with a script, take them from where you trust
 * @returns a promise of the backend
 * @throws NeuriteError `BAD_PROGRAM` for another text, `BACKEND_UNAVAILABLE` where there is no WebAssembly with SIMD; later
 * `NOT_SUPPORTED` for a program that is not among them
 * @example
 * ```ts
 * import { add, compile, loadProgram, shipProgram, tensor, type Tensor } from '@neurite/core'
 * import { shipWasm } from '@neurite/backend-wasm'
 * import { shipped } from '@neurite/backend-wasm/shipped'
 * const text = shipProgram(compile((x: Tensor) => add(x, 1)), tensor([0]))
 * const backend = await shipped(await shipWasm(text))
 * await loadProgram<[Float32Array], Tensor>(text, backend)(Float32Array.of(41)).item() // => 42
 * add(tensor([1], { backend }), 1) // => throws NOT_SUPPORTED
 * ```
 */
export async function shipped(...codes: readonly string[]): Promise<Backend> {
  const memory = new Memory(2 ** 32)
  const programs = new Map<
    number,
    { readonly compiled: Compiled; readonly kernels: Readonly<Record<string, unknown>> }
  >()
  const primitives = new Set<string>()
  for (const code of codes) {
    const { program, layout, ...rest } = read(code)
    const kernels = rest.kernels === undefined ? {} : await instanceOf(rest.kernels, memory)
    programs.set(program, { compiled: { layout, module: moduleOf(decode(rest.code)) }, kernels })
    for (const primitive of rest.primitives) primitives.add(primitive)
  }
  const refuse = (): never => {
    throw new NeuriteError(
      'NOT_SUPPORTED',
      'wasm: this backend runs the programs that it was made with, and nothing else.',
    )
  }
  const copy = ([input]: readonly { readonly storage: Stored }[]): Stored => {
    const stored = input!.storage
    const made = memory.allocate({ shape: [stored.length], dtype: stored.dtype })
    memory.copy(stored.address, made.address, stored.bytes)
    return made
  }
  const backend: Backend<Stored> = {
    contractVersion: 1,
    name: 'wasm',
    capabilities: {
      dtypes: ['float32', 'float64', 'int32', 'bool'],
      syncRead: true,
      float32Precision: 32,
      int32Precision: 32,
      missing: [],
    },
    // What `loadProgram` asks for is there; a copy is all that it may run.
    kernels: {
      ...Object.fromEntries([...primitives].map((name) => [name, refuse])),
      broadcastTo: copy,
    } as Partial<Kernels<Stored>> as Kernels<Stored>,
    upload: (data, spec) => memory.upload(data, spec),
    read: async (stored) => memory.read(stored),
    readSync: (stored) => memory.read(stored),
    release: (stored) => memory.release(stored),
    compile(program) {
      const found = programs.get(keyOf(program))
      return found === undefined ? refuse() : new WasmExecutable(memory, found.kernels, found.compiled)
    },
    memory: () => ({ buffers: memory.buffers, bytes: memory.bytes }),
    dispose: () => memory.end(),
  }
  return backend
}

function read(code: string): Shipment {
  try {
    const shipment = JSON.parse(code) as Shipment
    if (shipment.neurite === 'wasm' && shipment.version === 1) return shipment
  } catch {
    // Said below.
  }
  throw new NeuriteError('BAD_PROGRAM', 'shipped: this is no text of shipWasm, or of another version of it.')
}

function moduleOf(bytes: Uint8Array<ArrayBuffer>): object {
  try {
    return new (webAssembly().Module)(bytes)
  } catch (error) {
    throw new NeuriteError(
      'BACKEND_UNAVAILABLE',
      `shipped: the engine does not take the module (${String(error)}); it needs WebAssembly with SIMD, and a page 'wasm-unsafe-eval' in its script-src.`,
      {},
      error,
    )
  }
}

async function instanceOf(base64: string, memory: Memory): Promise<Readonly<Record<string, unknown>>> {
  return new (webAssembly().Instance)(moduleOf(await inflate(base64)), { env: { memory: memory.heap.memory } }).exports
}
