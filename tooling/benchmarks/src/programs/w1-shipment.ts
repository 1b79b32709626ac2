import { shipWasm, wasm } from '@neurite/backend-wasm'
import { shipProgram, type Tensor } from '@neurite/core'
import { w1Step } from './w1.js'

/** What w1-shipped-wasm.ts fetches: the step and its module, and what training begins with. */
export interface Shipped {
  readonly text: string
  readonly code: string
  readonly initial: readonly { readonly weight: readonly number[]; readonly bias: readonly number[] }[]
  readonly x: readonly number[]
  readonly y: readonly number[]
}

export async function w1Shipment(): Promise<Shipped> {
  const { step, params, state, x, y } = w1Step(await wasm())
  const text = shipProgram(step, params, state, x, y)
  const numbers = async (of: Tensor): Promise<number[]> => [...(await of.data())]
  return {
    text,
    code: await shipWasm(text),
    initial: await Promise.all(
      params.map(async ({ weight, bias }) => ({ weight: await numbers(weight), bias: await numbers(bias!) })),
    ),
    x: await numbers(x),
    y: await numbers(y),
  }
}
