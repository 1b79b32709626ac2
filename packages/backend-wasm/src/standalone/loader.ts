import { formatShape, type TensorSpec } from '@neurite/core'

/** The ES module that loads every standalone .wasm: a kilobyte at most. `Math` is what float64 needs; float32 needs nothing. */
export const LOADER = `// Loads a .wasm that toWasm of @neurite/backend-wasm made.
const ARRAYS = [Float32Array, Float64Array, Int32Array, Uint8Array]
export async function load(source) {
  const made = await WebAssembly.instantiate(source, { host: Math })
  const { memory, predict, ...at } = (made.instance ?? made).exports
  const view = (name) =>
    new ARRAYS[at[name + 'Type'].value](memory.buffer, at[name].value, at[name + 'Length'].value)
  const x = view('input')
  const y = view('output')
  return (input) => {
    if (input?.length !== x.length)
      throw TypeError(\`predict: expected \${x.length} numbers, got \${input?.length ?? typeof input}\`)
    for (let i = 0; i < x.length; i++) {
      x[i] = input[i]
      if (typeof input[i] !== 'number' || (at.inputType.value > 1 && x[i] !== input[i]))
        throw TypeError(\`predict: \${String(input[i])} at \${i} is no number of \${x.constructor.name}\`)
    }
    predict()
    return y.slice()
  }
}
`

const ARRAYS = { float32: 'Float32Array', float64: 'Float64Array', int32: 'Int32Array', bool: 'Uint8Array' } as const

/** The loader's declarations, for one .wasm. */
export function writeTypes(input: TensorSpec, output: TensorSpec): string {
  const told = ({ dtype, shape }: TensorSpec): string => `${dtype}${formatShape(shape)}`
  return `/**
 * From ${told(input)} to ${told(output)}, at once; both are row after row, the last axis fastest. The numbers that it returns
 * are the caller's. Throws a TypeError for anything but as many numbers as it takes.
 */
export type Predict = (input: ArrayLike<number>) => ${ARRAYS[output.dtype]}

/** Makes the .wasm ready: give its bytes (ArrayBuffer or Uint8Array), or a WebAssembly.Module. Rejects for anything else. */
export function load(source: object): Promise<Predict>
`
}
