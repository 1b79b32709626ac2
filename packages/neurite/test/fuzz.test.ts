import { disposeTree, NeuriteError, setDefaultBackend, tensor, type Tree } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { Table, columnTransformer, minMaxScaler, oneHotEncoder } from '@neurite/data'
import { decodeSafetensors, encodeSafetensors, memoryStore } from '@neurite/files'
import { decodeModel, encodeModel, fromNpy, fromSafetensors, toNpy, toSafetensors } from '@neurite/io'
import { fromNpz, toNpz } from '@neurite/io/npz'
import { mse } from '@neurite/losses'
import { addNodes, batchNorm, call, conv2d, dense, flatten, graph, input, sequential, unflatten } from '@neurite/nn'
import { adam } from '@neurite/optimizers'
import { checkpoint, decodeCheckpoint, encodeCheckpoint, fit } from '@neurite/train'
import { expect, test } from 'vitest'

// Mutants of every kind of file that is read. Each must be refused with its code, or be read to something that can be written again. A mutant
// of a file with a checksum is tried twice: as it is, where nothing but the file itself may pass, and with a checksum that is right again, so
// that whatever is checked behind it has to hold. Many more by hand: FUZZ_MUTANTS=40000 npx vitest run fuzz

const MUTANTS = Number(process.env['FUZZ_MUTANTS'] ?? 150)
const backend = cpu()
setDefaultBackend(backend)

/** https://github.com/bryc/code: mulberry32. */
function random(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}
type Random = ReturnType<typeof random>

/** A byte or a run of them changed, put in, left out, moved, or the file cut. */
function mutateBytes(bytes: Uint8Array, draw: Random): Uint8Array {
  const list = Array.from(bytes)
  for (let edits = 1 + draw(3); edits > 0 && list.length > 0; edits--) {
    const at = draw(list.length)
    const run = 1 + draw(draw(4) === 0 ? 64 : 4)
    const any = (): number[] =>
      Array.from({ length: run }, () => (draw(3) === 0 ? [0, 255, 0x7f][draw(3)]! : draw(256)))
    const edit = draw(6)
    if (edit === 0) list[at]! ^= 1 << draw(8)
    else if (edit === 1) list.splice(at, run, ...any())
    else if (edit === 2) list.splice(at, 0, ...any())
    else if (edit === 3) list.splice(at, run)
    else if (edit === 4) list.splice(draw(list.length), 0, ...list.slice(at, at + run))
    else list.length = at
  }
  return Uint8Array.from(list)
}

const ODD: readonly unknown[] = [
  ...[null, true, '', 'a', '__proto__', 'constructor', [], {}, [[]], -1, 0, 0.5, 1, 2, 3, 1e9, 2 ** 31, 2 ** 53, 1e308],
  ...['relu', 'softmax', 'same', 'valid', 'dense', 'input', 'params.0.weight', [1, 1], [1e9, 1e9], { kind: 'flatten' }],
]

/** A part of JSON replaced, left out, renamed or doubled. */
function mutateJson(node: unknown, draw: Random, depth = 0): unknown {
  if (typeof node !== 'object' || node === null || (depth > 0 && draw(5) === 0)) return ODD[draw(ODD.length)]
  const entries = Object.entries(node)
  if (entries.length === 0) return ODD[draw(ODD.length)]
  const at = draw(entries.length)
  const [name, value] = entries[at]!
  const edit = draw(8)
  if (edit === 0) entries.splice(at, 1)
  else if (edit === 1) entries[at] = [`${name}s`, value]
  else if (edit === 2) entries.push([draw(2) === 0 ? name : 'more', value])
  else entries[at] = [name, mutateJson(value, draw, depth + 1)]
  return Array.isArray(node) ? entries.map(([, item]) => item as unknown) : Object.fromEntries<unknown>(entries)
}

/** Fields of the metadata changed, in a whole file with its checksum; or a tensor renamed, left out, or of another shape. */
function mutateContent(bytes: Uint8Array, draw: Random): Uint8Array {
  const { tensors, metadata } = decodeSafetensors('fuzz', bytes, { maxBytes: Infinity, maxTensors: Infinity })
  const fields = { ...metadata }
  const all = [...tensors]
  for (let edits = 1 + draw(2); edits > 0; edits--) {
    const names = Object.keys(fields).filter((name) => name !== 'format' && name !== 'version')
    const name = names[draw(names.length)]
    if (name !== undefined && draw(4) > 0) fields[name] = JSON.stringify(mutateJson(JSON.parse(fields[name]!), draw))
    else if (name !== undefined && draw(3) === 0) delete fields[name]
    else if (all.length > 0) {
      const at = draw(all.length)
      const [key, stored] = all[at]!
      const edit = draw(4)
      if (edit === 0) all[at] = [`${key}0`, stored]
      else if (edit === 1) all.splice(at, 1)
      else if (edit === 2) all[at] = [key, { ...stored, shape: [...stored.shape].reverse() }]
      else all[at] = [key, { ...stored, data: stored.data.map(() => [0, -1, NaN, 1e30, Infinity][draw(5)]!) }]
    }
  }
  return encodeSafetensors({ tensors: new Map(all), metadata: fields })
}

interface Kind {
  readonly files: readonly Uint8Array[]
  readonly code: string
  /** Reads a file, and writes what it read. */
  readonly again: (bytes: Uint8Array) => Promise<Uint8Array>
  /** Whether nothing but the file itself may pass. */
  readonly guarded: boolean
}

async function modelFiles(): Promise<readonly Uint8Array[]> {
  const table = Table.fromRows([
    { size: 1, colour: 'red', kind: 'a' },
    { size: 3, colour: 'blue', kind: 'b' },
  ]).withTarget('kind')
  const preprocessing = columnTransformer([
    { columns: 'size', use: minMaxScaler() },
    { columns: 'colour', use: oneHotEncoder() },
  ]).fit(table)
  const classifier = sequential([dense(2, { activation: 'relu' }), batchNorm(), dense(2)])
  const made = classifier.init({ inputShape: [3], seed: 1 })
  const images = sequential([unflatten([2, 2, 1]), conv2d(1, { kernelSize: 2, padding: 'same' }), flatten()])
  const x = input([2])
  const joined = graph({ inputs: x, outputs: call(dense(1), addNodes([x, call(dense(2), x)])) })
  const target = minMaxScaler().fit([[1], [3]])
  return Promise.all([
    encodeModel({ model: classifier, ...made, preprocessing, labels: ['a', 'b'], examples: table }),
    encodeModel({ model: images, params: images.init({ inputShape: [4] }).params, examples: [[1, 2, 3, 4]] }),
    encodeModel({ model: joined, params: joined.init({ inputShape: [2] }).params, target, examples: [[1, 2]] }),
  ])
}

async function checkpointFile(): Promise<Uint8Array> {
  const store = memoryStore()
  const data = { x: [[0], [1]], y: [[1], [2]] }
  const model = sequential([dense(1)])
  const callbacks = [checkpoint(store)]
  const { params } = await fit(model, data, { loss: mse, optimizer: adam(), epochs: 2, batchSize: 1, callbacks })
  disposeTree(params)
  return (await store.load())!
}

const tree: Tree = { a: [{ w: tensor([[1, 2]]) }, {}], b: tensor([7], { dtype: 'int32' }), c: tensor([true]) }
const arrays = { x: tensor([[1, 2, 3]]), 'y/z': tensor([true, false]) }
const models = await modelFiles()
const kinds: Readonly<Record<string, Kind>> = {
  model: {
    files: models,
    code: 'BAD_FILE',
    guarded: true,
    again: async (bytes) => {
      const loaded = await decodeModel(bytes, { maxBytes: 2 ** 20 })
      loaded.dispose()
      return bytes
    },
  },
  checkpoint: {
    files: [await checkpointFile()],
    code: 'BAD_CHECKPOINT',
    guarded: true,
    again: async (bytes) => encodeCheckpoint(decodeCheckpoint(bytes)),
  },
  safetensors: {
    files: [await toSafetensors(tree)],
    code: 'BAD_FILE',
    guarded: true,
    again: async (bytes) => toSafetensors(fromSafetensors(bytes)),
  },
  npy: {
    files: [
      await toNpy(
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ),
      await toNpy([0.5]),
    ],
    code: 'BAD_FILE',
    guarded: false,
    again: async (bytes) => toNpy(fromNpy(bytes)),
  },
  npz: {
    files: [await toNpz(arrays), await toNpz(arrays, { compress: true })],
    code: 'BAD_FILE',
    guarded: false,
    again: async (bytes) => toNpz(fromNpz(bytes, { maxBytes: 2 ** 24 })),
  },
}

test.for(Object.entries(kinds))(
  'mutants of %s',
  { timeout: 60_000 + 20 * MUTANTS },
  async ([name, kind], { annotate }) => {
    const { files, code, again, guarded } = kind
    const draw = random(1)
    const counts = { refused: 0, read: 0 }
    for (const file of files) expect((await again(file)).length).toBeGreaterThan(0)
    const before = backend.memory().buffers
    for (let i = 0; i < MUTANTS; i++) {
      const file = files[i % files.length]!
      const whole = guarded && draw(2) === 0
      const mutant = whole ? mutateContent(file, draw) : mutateBytes(file, draw)
      const shown = `mutant ${i}: ${Buffer.from(mutant).toString('base64')}`
      try {
        const written = await again(mutant)
        counts.read++
        // A flip in the name of the format makes a file of others, which needs no checksum.
        const others = !Buffer.from(mutant.subarray(0, 200)).toString('latin1').includes('"neurite.')
        if (guarded && !whole && !others) expect(mutant, shown).toEqual(file)
        expect(await again(written), shown).toEqual(written)
      } catch (error) {
        if (!NeuriteError.isInstance(error) || error.code !== code) throw new Error(shown, { cause: error })
        counts.refused++
      }
    }
    // What fromSafetensors made is not disposed.
    if (name !== 'safetensors') expect(backend.memory().buffers).toBe(before)
    await annotate(`${counts.refused} refused, ${counts.read} read`)
    expect(counts.refused).toBeGreaterThan(MUTANTS / 3)
    expect(Object.keys(Object.prototype)).toEqual([])
  },
)
