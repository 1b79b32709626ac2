import { parseSafetensorsMetadata } from '@huggingface/hub'
import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend, tensor } from '@neurite/core'
import { standardScaler } from '@neurite/data'
import { dense, sequential } from '@neurite/nn'
import { expect, test } from 'vitest'
import { encodeModel, toSafetensors } from '../src/index.js'

setDefaultBackend(cpu())

const VIEWS = { F32: Float32Array, F64: Float64Array, I32: Int32Array, BOOL: Uint8Array }

/** A file as the reader of Hugging Face, the format's makers, sees it; it asks their hub for it, in whose place the file answers. */
async function readWithHub(file: Uint8Array<ArrayBuffer>): Promise<{
  tensors: Record<string, { dtype: string; shape: number[]; data: number[] }>
  metadata: unknown
}> {
  const fetch = (address: string | URL | Request, options: RequestInit = {}): Promise<Response> => {
    const { pathname } = new URL(address instanceof Request ? address.url : address)
    if (!pathname.endsWith('/file.safetensors')) {
      return Promise.resolve(new Response('', { status: 404 }))
    }
    const [, first = '0', last = ''] = /bytes=(\d+)-(\d+)/.exec(new Headers(options.headers).get('Range') ?? '') ?? []
    const end = last === '' ? file.length : Math.min(file.length, Number(last) + 1)
    const headers = { 'Content-Range': `bytes ${first}-${end - 1}/${file.length}`, ETag: '"file"' }
    return Promise.resolve(new Response(file.slice(Number(first), end), { status: 206, headers }))
  }
  const read = await parseSafetensorsMetadata({ repo: 'any/model', path: 'file.safetensors', fetch })
  if (read.sharded) throw new Error('one file is not sharded')
  const { __metadata__: metadata, ...entries } = read.header
  const begin = 8 + Number(new DataView(file.buffer).getBigUint64(0, true))
  const tensors = Object.entries(entries).map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [from, to],
      },
    ]) => {
      const View = VIEWS[dtype as keyof typeof VIEWS]
      return [name, { dtype, shape, data: Array.from(new View(file.slice(begin + from, begin + to).buffer)) }] as const
    },
  )
  return { tensors: Object.fromEntries(tensors), metadata }
}

test("Hugging Face's reader reads our tensors", async () => {
  const matrix = tensor([
    [1.5, -2],
    [3, 4],
  ])
  const file = await toSafetensors([
    { weight: matrix, bias: tensor([0.1], { dtype: 'float64' }) },
    { n: tensor(7, { dtype: 'int32' }), on: tensor([true, false]), none: tensor([], { shape: [0, 3] }) },
  ])
  const { tensors } = await readWithHub(file)
  expect(tensors).toEqual({
    '0.weight': { dtype: 'F32', shape: [2, 2], data: [1.5, -2, 3, 4] },
    '0.bias': { dtype: 'F64', shape: [1], data: [0.1] },
    '1.n': { dtype: 'I32', shape: [], data: [7] },
    '1.on': { dtype: 'BOOL', shape: [2], data: [1, 0] },
    '1.none': { dtype: 'F32', shape: [0, 3], data: [] },
  })
})

test("Hugging Face's reader reads our model files", async () => {
  const model = sequential([dense(3, { activation: 'tanh' }), dense(1)])
  const { params } = model.init({ inputShape: [2], seed: 1 })
  const examples = [
    [1, 2],
    [3, 5],
  ]
  const preprocessing = standardScaler().fit(examples)
  const { tensors, metadata } = await readWithHub(await encodeModel({ model, params, preprocessing, examples }))
  expect(metadata).toMatchObject({ format: 'neurite.model', version: '1' })
  const [first, second] = params
  expect(tensors['params.0.weight']).toEqual({ dtype: 'F32', shape: [2, 3], data: [...(await first.weight.data())] })
  expect(tensors['params.1.weight']).toEqual({ dtype: 'F32', shape: [3, 1], data: [...(await second.weight.data())] })
  expect(tensors['golden.outputs']?.shape).toEqual([2, 1])
})
