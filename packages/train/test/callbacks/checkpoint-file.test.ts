import { crc32 } from 'node:zlib'
import { NeuriteError } from '@neurite/core'
import { decodeSafetensors, encodeSafetensors, metadataOf, type HostTensor } from '@neurite/files'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeCheckpoint, encodeCheckpoint, loadCheckpoint, memoryStore, type Checkpoint } from '../../src/index.js'

const f32 = (...data: number[]): HostTensor => ({
  dtype: 'float32',
  shape: [data.length],
  data: Float32Array.from(data),
})

const checkpoint: Checkpoint = {
  run: { seed: 3, rows: 40, epochs: null },
  progress: { epoch: 1, iteration: 7, step: 2, lossSum: 0.1, mass: 14, learningRate: 1e-300, bestEpoch: null },
  stoppedBy: null,
  history: { loss: [NaN], valLoss: [Infinity, -0, 5e-324], '7': [] },
  params: [{ weight: f32(1.5, NaN) }, {}],
  state: { mean: { dtype: 'float64', shape: [], data: Float64Array.of(-0) } },
  optimizerState: { count: { dtype: 'int32', shape: [1, 1], data: Int32Array.of(-1) }, moments: [] },
  callbacks: {
    earlyStopping: { data: { best: 0.25, waited: 1 }, tensors: { params: [f32(2)] } },
    csvLogger: { data: null },
  },
}
const bytes = encodeCheckpoint(checkpoint)
const { tensors, metadata } = decodeSafetensors('test', bytes, { maxBytes: Infinity, maxTensors: Infinity })

const refused = (message: RegExp): Error =>
  expect.objectContaining({ code: 'BAD_CHECKPOINT', message: expect.stringMatching(message) as string }) as Error

/** What reading bytes ends with; undefined if they are read. */
const codeOf = (file: Uint8Array): string | undefined => {
  try {
    decodeCheckpoint(file)
    return undefined
  } catch (error) {
    return NeuriteError.isInstance(error) ? error.code : String(error)
  }
}

/** A whole file, checksum and all, in which some fields say something else. */
const changed = (fields: Record<string, string | undefined>, more: readonly (readonly [string, HostTensor])[] = []) => {
  const all = { ...metadata, ...fields }
  const kept = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return encodeSafetensors({ tensors: new Map([...tensors, ...more]), metadata: Object.fromEntries(kept) })
}
const edited = (name: string, edit: Record<string, unknown>) =>
  changed({ [name]: JSON.stringify({ ...(JSON.parse(metadata[name]!) as object), ...edit }) })

test('a checkpoint is a safetensors file, and comes back to the bit', () => {
  expect(metadata).toMatchObject({ format: 'neurite.checkpoint', version: '1' })
  expect([...tensors.keys()].sort()).toEqual([
    'callbacks.earlyStopping.params.0',
    'history.7',
    'history.loss',
    'history.valLoss',
    'optimizerState.count',
    'params.0.weight',
    'state.mean',
  ])
  const back = decodeCheckpoint(bytes)
  expect(back).toEqual(checkpoint)
  expect(Object.is(back.history['valLoss']![1], -0)).toBe(true)
  expect(encodeCheckpoint(back)).toEqual(bytes)
  expect(decodeCheckpoint(bytes.slice().buffer)).toEqual(checkpoint)
})

describe('damage', () => {
  test('any single bit that flips is noticed', () => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const copy = bytes.slice()
      copy[bit >> 3]! ^= 1 << (bit & 7)
      if (codeOf(copy) !== 'BAD_CHECKPOINT') expect.fail(`bit ${bit} passed`)
    }
  })

  test('20,000 mutants are refused with the code, or load', () => {
    const at = 8 + '{"__metadata__":{"neurite.crc32":"'.length
    let loaded = 0
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 3 }),
        fc.integer({ min: -9, max: 0 }),
        fc.boolean(),
        (edits, cut, signed) => {
          const mutant = bytes.slice(0, bytes.length + (cut < -2 ? 0 : cut))
          for (const [place, value] of edits) mutant[place] = value
          if (signed) {
            mutant.set(Buffer.from('00000000'), at)
            mutant.set(Buffer.from(crc32(mutant).toString(16).padStart(8, '0')), at)
          }
          const code = codeOf(mutant)
          if (code === undefined) loaded++
          // Without a checksum that is right again, only the file itself is read.
          if (signed) expect([undefined, 'BAD_CHECKPOINT']).toContain(code)
          else expect(code).toBe(Buffer.compare(mutant, bytes) === 0 ? undefined : 'BAD_CHECKPOINT')
        },
      ),
      { numRuns: 20_000 },
    )
    expect(loaded).toBeGreaterThan(100)
  })

  test.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(), /expected a safetensors file/],
    ['JSON', new TextEncoder().encode('{"epoch": 1, "params": []}'), /got a text of JSON/],
    [
      'another kind',
      encodeSafetensors({ tensors: new Map(), metadata: metadataOf('model', {}) }),
      /a model \(see loadModel/,
    ],
    [
      'tensors of others',
      encodeSafetensors({ tensors: new Map(), metadata: {} }),
      /expected a checkpoint, got tensors/,
    ],
    ['a newer version', changed({ version: '2' }), /version 2/],
    ['an unknown field', changed({ evil: '{}' }), /'evil' is not known/],
    ['no progress', changed({ progress: undefined }), /progress is no object/],
    ['no params', changed({ params: undefined }), /something else than names/],
    ['run that is a list', changed({ run: '[]' }), /run is no object/],
    ['an epoch of text', edited('progress', { epoch: 'x' }), /progress: epoch must be a whole number >= 0, got 'x'/],
    ['a step of 1.5', edited('progress', { step: 1.5 }), /step must be a whole number >= 0, got 1.5/],
    ['a mass below 0', edited('progress', { mass: -1 }), /mass/],
    ['a sum that is null', edited('progress', { lossSum: null }), /lossSum must be a finite number, got null/],
    ['a best epoch of -1', edited('progress', { bestEpoch: -1 }), /bestEpoch/],
    ['progress with more', edited('progress', { evil: 1 }), /unknown option 'evil'/],
    ['a reason that is a number', changed({ stoppedBy: '1' }), /stoppedBy must be a string/],
    ['no reason', changed({ stoppedBy: undefined }), /stoppedBy/],
    ['a history of float32', edited('history', { loss: 'params.0.weight' }), /history.loss must be a list of float64/],
    ['a history that is a tree', edited('history', { loss: [] }), /history.loss must be a list of float64/],
    ['a history that is no list', edited('history', { loss: 'state.mean' }), /history.loss must be a list of float64/],
    ['a callback that is null', edited('callbacks', { csvLogger: null }), /callbacks.csvLogger is not described/],
    ['a callback without data', edited('callbacks', { csvLogger: {} }), /callbacks.csvLogger is not described/],
    ['a callback with more', edited('callbacks', { csvLogger: { data: 1, evil: 1 } }), /callbacks.csvLogger/],
    [
      'tensors of a callback that are null',
      edited('callbacks', { csvLogger: { data: 1, tensors: null } }),
      /a tree holds/,
    ],
    ['100,000 levels', changed({ params: '['.repeat(1e5) + ']'.repeat(1e5) }), /nested more than 100 deep/],
    ['100,000 levels of a callback', changed({ callbacks: '{"a":'.repeat(1e5) + '1' + '}'.repeat(1e5) }), /nested/],
    ['a tensor in 5,000 places', changed({ params: JSON.stringify(Array(5000).fill('params.0.weight')) }), /twice/],
    ['params that are numbers', changed({ params: '[1]' }), /something else than names/],
    ['__proto__', changed({ run: '{"__proto__":{}}' }), /__proto__/],
    ['a tensor too many', changed({}, [['evil', f32(1)]]), /'evil' that nothing refers to/],
  ])('refused: %s', (_, file, message) => {
    expect(() => decodeCheckpoint(file)).toThrow(refused(message))
  })

  test('what is no bytes is the fault of the caller', async () => {
    expect(() => decodeCheckpoint('x' as never)).toThrow(/INVALID_ARGUMENT/)
    const store = memoryStore()
    await store.save(bytes.slice(0, 100))
    await expect(loadCheckpoint(store)).rejects.toEqual(refused(/cut off/))
  })
})
