import { wasm } from '@neurite/backend-wasm'
import { loadProgram, type Tensor } from '@neurite/core'

// W1's step, traced elsewhere and fetched: no layers, losses, optimizers or gradients.

interface Shipped {
  readonly text: string
  readonly initial: readonly { readonly weight: readonly number[]; readonly bias: readonly number[] }[]
  readonly x: readonly number[]
  readonly y: readonly number[]
}

type Given = Tensor | Float32Array
type Params = readonly { readonly weight: Given; readonly bias: Given }[]

const { text, initial, x, y } = (await (await fetch('w1.json')).json()) as Shipped
const step = loadProgram<[Params, object, Given, Given], { params: Params; loss: Tensor }>(text, await wasm())
const floats = (numbers: readonly number[]): Float32Array => Float32Array.from(numbers)
let params: Params = initial.map(({ weight, bias }) => ({ weight: floats(weight), bias: floats(bias) }))
for (let i = 0; i < 100; i++) {
  const next = step(params, {}, floats(x), floats(y))
  params = next.params
  if (i === 99) console.log(await next.loss.item())
  next.loss.dispose()
}
