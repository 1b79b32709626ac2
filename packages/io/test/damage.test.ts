import { cpu } from '@neurite/backend-cpu'
import { NeuriteError, setDefaultBackend, tensor } from '@neurite/core'
import { minMaxScaler } from '@neurite/data'
import { encodeSafetensors, metadataOf } from '@neurite/files'
import { dense } from '@neurite/nn'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { decodeModel, encodeModel, fromNpy, fromSafetensors, toNpy, toSafetensors } from '../src/index.js'
import { fromNpz, toNpz } from '../src/npz/index.js'
// @boundaries-ignore what tests of two packages share has no name to import it by
import { signed } from '../../files/test/support/file.js'

setDefaultBackend(cpu())

let bytes: Uint8Array<ArrayBuffer>
beforeAll(async () => {
  const model = dense(1)
  const { params } = model.init({ inputShape: [2], seed: 1 })
  const scaler = minMaxScaler().fit([[1], [3]])
  bytes = await encodeModel({
    model,
    params,
    target: scaler,
    examples: [
      [1, 2],
      [3, -4],
    ],
  })
})

test('any single bit of a model file that flips is noticed', async () => {
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const copy = bytes.slice()
    copy[bit >> 3]! ^= 1 << (bit & 7)
    const error: unknown = await decodeModel(copy).catch((reason: unknown) => reason)
    if (!NeuriteError.isInstance(error) || error.code !== 'BAD_FILE') expect.fail(`bit ${bit} passed`)
  }
})

test.each([
  ['"target"', '"uarget"', /the metadata 'uarget' is not known; known: model, input/],
  ['"golden.values"', '"golden.xalues"', /golden values of the target are missing/],
  ['"golden.outputs"', '"golden.xutputs"', /golden predictions are missing/],
  ['"golden.inputs"', '"golden.xnputs"', /golden predictions are missing/],
  ['\\"scaler\\"', '\\"skaler\\"', /the target: .*unknown option 'skaler'/],
])(
  'a name that stands there in place of %s is refused, also with a checksum that is right',
  async (name, other, why) => {
    const at = Buffer.from(bytes).indexOf(name)
    expect(at).toBeGreaterThan(0)
    const copy = bytes.slice()
    copy.set(Buffer.from(other), at)
    await expect(decodeModel(signed(copy))).rejects.toMatchObject({ code: 'BAD_FILE' })
    await expect(decodeModel(signed(copy))).rejects.toThrow(why)
  },
)

test('20,000 mutants of a model file are refused with the code, or are the file itself', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(4000), fc.nat(3), fc.uint8Array({ maxLength: 3 })), { minLength: 1, maxLength: 3 }),
      async (edits) => {
        const list = [...bytes]
        for (const [place, gone, put] of edits) list.splice(place % bytes.length, gone, ...put)
        const mutant = Uint8Array.from(list)
        const result: unknown = await decodeModel(mutant).catch((reason: unknown) => reason)
        if (NeuriteError.isInstance(result)) expect(result.code).toBe('BAD_FILE')
        else expect(mutant).toEqual(bytes)
      },
    ),
    { numRuns: 20_000 },
  )
})

test('what is another kind of file says what it is', async () => {
  const text = (content: string) => new TextEncoder().encode(content)
  const files: Record<string, Uint8Array> = {
    model: bytes,
    checkpoint: encodeSafetensors({ tensors: new Map(), metadata: metadataOf('checkpoint', {}) }),
    tensors: await toSafetensors({ a: tensor([1]) }),
    NPY: await toNpy([1]),
    ZIP: await toNpz({ a: [1] }),
    HTML: text('<!DOCTYPE html><html lang="en"><title>Not found</title></html>'),
    JSON: text('{"modelTopology": {"class_name": "Sequential"}, "format": "layers-model"}'),
    ONNX: text('\x08\x08\x12\x07pytorch\x1a\x052.1.0:\x10'),
  }
  const decoders: Record<string, (file: Uint8Array) => unknown> = {
    model: (file) => decodeModel(file),
    tensors: (file) => fromSafetensors(file),
    NPY: (file) => fromNpy(file),
    ZIP: (file) => fromNpz(file),
  }
  for (const [reads, decode] of Object.entries(decoders)) {
    for (const [kind, file] of Object.entries(files)) {
      const result: unknown = await (async () => decode(file))().catch((reason: unknown) => reason)
      // The tensors of a model are tensors, too.
      if (kind === reads || (reads === 'tensors' && ['model', 'checkpoint'].includes(kind))) {
        expect(result, `${reads} reads ${kind}`).not.toBeInstanceOf(Error)
      } else {
        expect(result, `${reads} reads ${kind}`).toMatchObject({
          code: 'BAD_FILE',
          message: expect.stringMatching(new RegExp(`expected a.*, got .*${kind}`)) as string,
        })
      }
    }
  }
})
