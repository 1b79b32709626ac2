import {
  add,
  compile,
  loadProgram,
  matmul,
  mean,
  mul,
  shipProgram,
  square,
  sub,
  tanh,
  tensor,
  valueAndGrad,
  type Tensor,
} from '@neurite/core'
import { conv2d } from '@neurite/core/functional'
import { expect, test } from 'vitest'
import { shipWasm, wasm } from '../src/index.js'
import { shipped } from '../src/shipped.js'

const backend = await wasm()
const floats = (length: number, seed: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(1.3 * i + seed))

const step = compile(
  (w: Tensor, x: Tensor, y: Tensor) => {
    const [loss, gradient] = valueAndGrad((v: Tensor) => mean(square(sub(tanh(matmul(x, v)), y))))(w)
    return { w: sub(w, mul(gradient, 0.1)), loss }
  },
  { donate: [0] },
)
const predict = compile((w: Tensor, x: Tensor) => tanh(matmul(x, w)))
const of = (shape: readonly number[], seed: number): Tensor =>
  tensor(floats(shape[0]! * shape[1]!, seed), { shape, backend })

test('a training compiled ahead of time gives the bits of one compiled here; two programs share their tensors', async () => {
  const texts = [
    shipProgram(step, of([3, 2], 0), of([5, 3], 1), of([5, 2], 2)),
    shipProgram(predict, of([3, 2], 0), of([5, 3], 1)),
  ] as const
  const there = await shipped(...(await Promise.all(texts.map((text) => shipWasm(text)))))
  type Step = [Tensor | Float32Array, Float32Array, Float32Array]
  const loadedStep = loadProgram<Step, { w: Tensor; loss: Tensor }>(texts[0], there)
  const loadedPredict = loadProgram<[Tensor, Float32Array], Tensor>(texts[1], there)

  let here = of([3, 2], 0)
  const [x, y] = [of([5, 3], 1), of([5, 2], 2)]
  let w: Tensor | Float32Array = floats(6, 0)
  for (let i = 0; i < 10; i++) {
    const expected = step(here, x, y)
    const found: { w: Tensor; loss: Tensor } = loadedStep(w, floats(15, 1), floats(10, 2))
    expect([...(await found.loss.data())]).toEqual([...(await expected.loss.data())])
    for (const { loss } of [expected, found]) loss.dispose()
    here = expected.w
    w = found.w
  }
  const prediction = loadedPredict(w as Tensor, floats(15, 1))
  expect([...(await prediction.data())]).toEqual([...(await predict(here, x).data())])
  prediction.dispose()
  ;(w as Tensor).dispose()
  expect(there.memory()).toEqual({ buffers: 0, bytes: 0 })
  loadedStep.dispose()
  loadedPredict.dispose()
  there.dispose()
  expect(() => tensor([1], { backend: there })).toThrow(expect.objectContaining({ code: 'OUT_OF_MEMORY' }))
})

test('what calls kernels brings them along', async () => {
  const image = tensor(floats(2 * 6 * 6 * 3, 1), { shape: [2, 6, 6, 3], backend })
  const filter = tensor(floats(3 * 3 * 3 * 4, 2), { shape: [3, 3, 3, 4], backend })
  const convolve = compile((a: Tensor, b: Tensor) => conv2d(a, b, { padding: 'same' }))
  const text = shipProgram(convolve, image, filter)
  const there = await shipped(await shipWasm(text))
  const loaded = loadProgram<[Float32Array, Float32Array], Tensor>(text, there)
  expect([...(await loaded(floats(216, 1), floats(108, 2)).data())]).toEqual([
    ...(await convolve(image, filter).data()),
  ])
})

test('donated handles that are shared are copied first', async () => {
  const f = compile((w: Tensor) => mul(w, 2), { donate: [0] })
  const text = shipProgram(f, tensor([1, 2], { backend }))
  const there = await shipped(await shipWasm(text))
  const loaded = loadProgram<[Tensor], Tensor>(text, there)
  const x = tensor([1, 2], { backend: there })
  const shared = x.alias()
  expect(await loaded(x).toArray()).toEqual([2, 4])
  expect(await shared.toArray()).toEqual([1, 2])
})

test('another program, another operation, another text: each its error', async () => {
  const text = shipProgram(predict, of([3, 2], 0), of([5, 3], 1))
  const there = await shipped(await shipWasm(text))
  const other = shipProgram(
    compile((x: Tensor) => tanh(x)),
    of([3, 2], 0),
  )
  const refused = expect.objectContaining({ code: 'NOT_SUPPORTED' })
  expect(() => loadProgram(other, there)).toThrow(refused)
  expect(() => add(tensor([1], { backend: there }), 1)).toThrow(refused)
  await expect(shipped('{}')).rejects.toThrow(expect.objectContaining({ code: 'BAD_PROGRAM' }))
  await expect(shipped('no JSON')).rejects.toThrow(expect.objectContaining({ code: 'BAD_PROGRAM' }))
  await expect(shipWasm('{}')).rejects.toThrow(expect.objectContaining({ code: 'BAD_PROGRAM' }))
})
