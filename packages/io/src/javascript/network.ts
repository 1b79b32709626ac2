import { NeuriteError, sizeOf, type DType } from '@neurite/core'
import { Code } from './code.js'
import { ARRAYS, emitProgram } from './program/emit-program.js'
import { HELPERS } from './program/helpers.js'
import type { Recorded } from './record.js'
import { arraysText, base64 } from './weights.js'

/** How a module computes what the model answers to x. */
export interface NetworkText {
  /** What is there before the first row. */
  readonly once: readonly string[]
  /** What each row takes. */
  readonly each: Code
  /** The name of the array that the answer then lies in. */
  readonly output: string
}

/** Loops that can be read. */
export function writeLoops({ program, x, names, weights }: Recorded): NetworkText {
  const { helpers, once, each, outputs } = emitProgram(program, names, new Set([x]))
  return {
    once: [...[...helpers].map((helper) => HELPERS[helper]), arraysText(weights), String(once)],
    each,
    output: outputs[0]!,
  }
}

/** What a module of `toWasm` exports: addresses, numbers of elements and dtypes of what it reads and writes. */
type Exports = Readonly<Record<string, { readonly value: number } | undefined>>

interface WebAssemblyApi {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ readonly instance: { readonly exports: Exports } }>
}

/** In the order of the numbers that stand for them there. */
const DTYPES: readonly DType[] = ['float32', 'float64', 'int32', 'bool']

/**
 * A compiled module of the same model, as `toWasm` of a backend writes it.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for other bytes, and for a module of something else
 */
export async function writeCompiled(where: string, bytes: Uint8Array, recorded: Recorded): Promise<NetworkText> {
  const { program, x, outputShape, outputDType } = recorded
  const input = program.inputs.find(({ id }) => id === x)!
  const taken = [sizeOf(input.shape), input.dtype] as const
  const given = [sizeOf(outputShape), outputDType] as const
  const { WebAssembly: api } = globalThis as { readonly WebAssembly?: WebAssemblyApi }
  if (api === undefined) throw refusal(where, 'there is no WebAssembly here to look into them')
  const found = await api.instantiate(bytes, { host: Math }).catch((error: unknown) => {
    throw refusal(where, 'these are no bytes of toWasm', error)
  })
  const numbers = found.instance.exports
  const told = (name: string): string =>
    `${numbers[`${name}Length`]?.value} of ${DTYPES[numbers[`${name}Type`]?.value ?? -1]}`
  if (told('input') !== taken.join(' of ') || told('output') !== given.join(' of '))
    throw refusal(
      where,
      `it makes ${told('output')} from ${told('input')}, and the model ${given.join(' of ')} from ${taken.join(' of ')}`,
    )

  const view = (name: string, at: string, [length, dtype]: readonly [number, DType]): string =>
    `const ${name} = new ${ARRAYS[dtype]}(network.memory.buffer, network.${at}.value, ${length})`
  const once = [
    `const wasm = Uint8Array.from(atob('${base64([bytes])}'), (c) => c.charCodeAt(0))`,
    'const network = (await WebAssembly.instantiate(wasm, { host: Math })).instance.exports',
    view('given', 'input', taken),
    view('found', 'output', given),
  ]
  const each = new Code()
  each.line('given.set(x)')
  each.line('network.predict()')
  return { once: [once.join('\n')], each, output: 'found' }
}

function refusal(where: string, why: string, cause?: unknown): NeuriteError {
  const message = `${where}: wasm must be the bytes that toWasm gives for this model and one row: ${why}.`
  return new NeuriteError('INVALID_ARGUMENT', message, {}, cause)
}
