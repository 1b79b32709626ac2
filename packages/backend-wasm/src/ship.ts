import { loadProgram, schedule } from '@neurite/core'
import { KERNELS } from './generated/kernels.js'
import { Device } from './device.js'
import { inflate } from './kernels/decode.js'
import { layoutOf } from './layout.js'
import { lowerProgram } from './lower/program.js'
import { group } from './nest/group.js'
import { recorder } from './recorder.js'
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
  const { program } = loadProgram(text, recorder())
  const { library, scratch } = await Device.create(await inflate(KERNELS), 2 ** 16)
  const plan = schedule(program, { fuse: group })
  const code = lowerProgram(plan, library, scratch)
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

function encode(bytes: Uint8Array): string {
  const { btoa } = globalThis as { readonly btoa?: (text: string) => string }
  return btoa!(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}
