import { loadProgram, schedule, type Backend, type Program } from '@neurite/core'
import { KERNELS } from './generated/kernels.js'
import { Device } from './device.js'
import { inflate } from './kernels/decode.js'
import { layoutOf } from './layout.js'
import { lowerProgram } from './lower/program.js'
import { group } from './nest/group.js'
import { eachPrimitive } from './primitives.js'
import { keyOf, type Shipment } from './shipped/shipment.js'

/**
 * Compiles a shipped program ahead of time: the text beside `shipProgram`'s that `shipped` of `@neurite/backend-wasm/shipped`
 * takes. Where both are loaded, neither Neurite's layers and gradients nor this package's compiler is needed.
 *
 * @param text - of `shipProgram`
 * @returns JSON, with the module in it
 * @throws NeuriteError `BAD_PROGRAM` for another text, `BACKEND_UNAVAILABLE` where there is no WebAssembly
 * @example
 * ```ts
 * import { compile, loadProgram, mul, shipProgram, tensor, type Tensor } from '@neurite/core'
 * import { shipWasm } from '@neurite/backend-wasm'
 * import { shipped } from '@neurite/backend-wasm/shipped'
 * // Where the compiler is:
 * const text = shipProgram(compile((x: Tensor) => mul(x, 2)), tensor([0, 0]))
 * const code = await shipWasm(text)
 * // In the page:
 * const double = loadProgram<[Float32Array], Tensor>(text, await shipped(code))
 * await double(Float32Array.of(3, 4)).data() // => [6, 8]
 * ```
 */
export async function shipWasm(text: string): Promise<string> {
  const program = programOf(text)
  const { library, scratchPerProduct } = await Device.create(await inflate(KERNELS), 2 ** 16)
  const plan = schedule(program, { fuse: group })
  const code = lowerProgram(plan, library, scratchPerProduct)
  const shipment: Shipment = {
    neurite: 'wasm',
    version: 1,
    program: keyOf(program),
    primitives: [...new Set(program.instructions.map(({ primitive }) => primitive))],
    layout: layoutOf(plan, code),
    code: encode(code.bytes),
    ...(code.imports.some(({ module }) => module === 'kernel') && { kernels: KERNELS }),
  }
  return JSON.stringify(shipment)
}

/** The program of a text, as `loadProgram` gives it to a backend. */
function programOf(text: string): Program {
  let found: Program | undefined
  const refuse = (): never => {
    throw new Error('nothing runs here')
  }
  const catcher: Backend = {
    contractVersion: 1,
    name: 'wasm',
    capabilities: {
      dtypes: ['float32', 'float64', 'int32', 'bool'],
      syncRead: false,
      float32Precision: 32,
      int32Precision: 32,
      missing: [],
    },
    kernels: eachPrimitive(() => refuse),
    upload: refuse,
    read: refuse,
    release: refuse,
    compile(program) {
      found = program
      return { run: refuse, dispose: () => {} }
    },
    memory: () => ({ buffers: 0, bytes: 0 }),
    dispose: () => {},
  }
  loadProgram(text, catcher)
  return found!
}

function encode(bytes: Uint8Array): string {
  const { btoa } = globalThis as { readonly btoa?: (text: string) => string }
  return btoa!(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}
