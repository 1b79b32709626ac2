import { toWasm, wasm } from '@neurite/backend-wasm'
import { cpu } from '@neurite/backend-cpu'
import {
  compile,
  fold,
  key,
  mapTree,
  moveTo,
  randomNormal,
  randomUniform,
  setDefaultBackend,
  tensor,
  zeros,
  type Tensor,
  type Tree,
} from '@neurite/core'
import { columnTransformer, oneHotEncoder, standardScaler, Table } from '@neurite/data'
import { toJavaScript } from '@neurite/io/javascript'
import {
  activation,
  addNodes,
  avgPool2d,
  batchNorm,
  call,
  conv2d,
  dense,
  dropout,
  embedding,
  flatten,
  forwardOf,
  globalAveragePool2d,
  graph,
  input,
  layerNorm,
  maxPool2d,
  patchEmbedding,
  sequential,
  type Model,
} from '@neurite/nn'
import { describe, expect, test } from 'vitest'

// Models of nn as .wasm of backend-wasm, by themselves and within modules of io: packages that know nothing of each other.

const backend = await wasm()
setDefaultBackend(backend)

interface Exports {
  predict(rows: unknown): unknown
  predictProbabilities(rows: unknown): unknown
  load(source: object): Promise<(input: ArrayLike<number>) => Float32Array>
}
const imported = async (code: string): Promise<Exports> =>
  (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`)) as Exports

/** Params and state that no initializer makes: every bias and statistic counts. */
function scrambled({ params, state }: { readonly params: Tree; readonly state: Tree }): { params: Tree; state: Tree } {
  let i = 0
  return {
    params: mapTree((leaf: Tensor) => randomNormal(fold(key(7), i++), leaf.shape, { standardDeviation: 0.5 }), params),
    state: mapTree(
      (leaf: Tensor) => randomUniform(fold(key(7), i++), leaf.shape, { minimum: 0.5, maximum: 1.5 }),
      state,
    ),
  }
}

const residual = (): Model => {
  const image = input([12, 12, 3])
  const first = call(conv2d(8, { kernelSize: 3, padding: 'same', activation: 'relu' }), image)
  const second = call(batchNorm(), call(conv2d(8, { kernelSize: 3, padding: 'same' }), first))
  const pooled = call(globalAveragePool2d(), call(activation('gelu'), addNodes([first, second])))
  return graph({ inputs: image, outputs: call(dense(5, { activation: 'softmax' }), pooled) })
}

const MODELS: Readonly<Record<string, readonly [Model, inputShape: readonly number[]]>> = {
  'dense layers with dropout and statistics': [
    sequential([dense(9, { activation: 'silu' }), batchNorm(), dropout(0.5), layerNorm(), dense(4)]),
    [7],
  ],
  'a convolutional network': [
    sequential([
      conv2d(6, { kernelSize: 3, activation: 'relu' }),
      maxPool2d(),
      conv2d(8, { kernelSize: 3, padding: 'same', activation: 'tanh' }),
      avgPool2d(),
      flatten(),
      dense(10, { activation: 'softmax' }),
    ]),
    [14, 14, 1],
  ],
  'a graph with a residual': [residual(), [12, 12, 3]],
  'patches of images': [sequential([patchEmbedding(6, { patchSize: 4 }), layerNorm(), flatten(), dense(3)]), [8, 8, 2]],
}

test.each(Object.entries(MODELS))('%s: the bits of the backend', async (_, [model, inputShape]) => {
  const { params, state } = scrambled(model.init({ inputShape, seed: 1 }))
  const x = randomNormal(key(3), [3, ...inputShape])
  const { bytes, loader } = await toWasm(forwardOf(model), params, state, x)
  const predict = await (await imported(loader)).load(bytes)
  const expected = [...(await compile(forwardOf(model))(params, state, x).data())]
  expect([...predict(await x.data())]).toEqual(expected)
  expect(new Set(expected).size).toBeGreaterThan(1)

  // Params that live elsewhere give the same file, byte by byte: where softmax has a kernel, programs differ.
  const elsewhere = await moveTo([params, state, x] as const, cpu())
  expect(Buffer.compare((await toWasm(forwardOf(model), ...elsewhere)).bytes, bytes)).toBe(0)
})

test('an embedding takes whole numbers', async () => {
  const model = sequential([embedding(20, 6), flatten(), dense(2)])
  const { params, state } = scrambled(model.init({ inputShape: [5] }))
  const x = tensor([[3, 0, 19, 7, 3]], { dtype: 'int32' })
  const { bytes, loader } = await toWasm(forwardOf(model), params, state, x)
  const predict = await (await imported(loader)).load(bytes)
  expect([...predict([3, 0, 19, 7, 3])]).toEqual([...(await model.apply(params as never, x).data())])
  expect(() => predict([3, 0, 19, 7, 0.5])).toThrow(TypeError)
})

describe('within a module of toJavaScript', () => {
  const examples = Table.fromRows([
    { age: 20, job: 'smith' },
    { age: 60, job: 'baker' },
    { age: 35, job: 'smith' },
  ])
  const preprocessing = columnTransformer([
    { columns: 'age', use: standardScaler() },
    { columns: 'job', use: oneHotEncoder() },
  ]).fit(examples)
  const model = sequential([dense(8, { activation: 'tanh' }), dense(8, { activation: 'tanh' }), dense(3)])
  const { params, state } = scrambled(model.init({ inputShape: [3] }))
  const options = { examples, preprocessing, labels: ['low', 'middle', 'high'], outputs: 'logits' } as const

  test('preprocessing and labels are JavaScript, and the network between them is the .wasm', async () => {
    const { bytes } = await toWasm(forwardOf(model), params, state, zeros([1, 3]))
    const written = await toJavaScript(model, params, { ...options, wasm: bytes })
    const plain = await toJavaScript(model, params, options)
    expect(written.types).toBe(plain.types)
    const [module, loops] = [await imported(written.code), await imported(plain.code)]
    const rows = Array.from({ length: 30 }, (_, i) => ({ age: 18 + 2 * i, job: i % 3 === 0 ? 'baker' : 'smith' }))
    expect(module.predict(rows)).toEqual(loops.predict(rows))
    expect(new Set(module.predict(rows) as string[]).size).toBeGreaterThan(1)
    expect(module.predict(rows[4])).toBe((module.predict(rows) as string[])[4])
    const [found, expected] = [module, loops].map((each) => (each.predictProbabilities(rows) as number[][]).flat())
    found!.forEach((p, i) => expect(p).toBeCloseTo(expected![i]!, 5))
    expect(() => module.predict({ age: 20 })).toThrow(TypeError)
  })

  test('regression has the bits of the backend', async () => {
    const { bytes } = await toWasm(forwardOf(model), params, state, zeros([1, 3]))
    const { code } = await toJavaScript(model, params, { examples: [[0.1, 2, -3]], wasm: bytes })
    const expected = [...(await model.apply(params as never, tensor([[0.1, 2, -3]])).data())]
    expect((await imported(code)).predict([0.1, 2, -3])).toEqual(expected)
  })

  test('bytes of something else are refused', async () => {
    const wrong = async (bytes: unknown): Promise<unknown> =>
      toJavaScript(model, params, { ...options, wasm: bytes as Uint8Array })
    const of = async (f: (x: Tensor) => Tensor, x: Tensor): Promise<Uint8Array> => (await toWasm(f, x)).bytes
    const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT' })
    const batch = (await toWasm(forwardOf(model), params, state, zeros([2, 3]))).bytes
    await expect(wrong(batch)).rejects.toThrow(
      /makes 6 of float32 from 6 of float32, and the model 3 of float32 from 3/,
    )
    await expect(wrong(await of((x) => x, zeros([3], { dtype: 'int32' })))).rejects.toThrow(refused)
    await expect(wrong(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))).rejects.toThrow(refused)
    await expect(wrong(Uint8Array.of(1, 2, 3))).rejects.toThrow(/no bytes of toWasm/)
    await expect(wrong('model.wasm')).rejects.toThrow(/must be a Uint8Array/)
  })
})
