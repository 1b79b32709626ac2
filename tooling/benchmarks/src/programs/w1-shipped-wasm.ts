import { shipped } from '@neurite/backend-wasm/shipped'
import { loadProgram, type Tensor } from '@neurite/core'
import type { Shipped } from './w1-shipment.js'

// W1's step, compiled elsewhere and fetched: no layers, losses, optimizers or gradients, and no compiler.

type Given = Tensor | Float32Array
type Params = readonly { readonly weight: Given; readonly bias: Given }[]
type Step = (params: Params, state: object, x: Given, y: Given) => { params: Params; loss: Tensor }

const { text, code, initial, x, y } = (await (await fetch('w1.json')).json()) as Shipped
const step: Step = loadProgram<Parameters<Step>, ReturnType<Step>>(text, await shipped(code))
const floats = (numbers: readonly number[]): Float32Array => Float32Array.from(numbers)
let params: Params = initial.map(({ weight, bias }) => ({ weight: floats(weight), bias: floats(bias) }))
for (let i = 0; i < 100; i++) {
  const next = step(params, {}, floats(x), floats(y))
  params = next.params
  if (i === 99) console.log(await next.loss.item())
  next.loss.dispose()
}
