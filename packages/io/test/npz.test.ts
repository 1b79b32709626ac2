import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cpu } from '@neurite/backend-cpu'
import { NeuriteError, setDefaultBackend, tensor, type ArrayData, type DType } from '@neurite/core'
import { FeatureMatrix } from '@neurite/data'
import { isInherited } from '@neurite/files'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { toNpy } from '../src/index.js'
import { fromNpz, toNpz } from '../src/npz/index.js'
import { NO_PYTHON, python } from './support/python.js'
import { zip, type ZipEntry } from './support/zip.js'

setDefaultBackend(cpu())

afterEach(() => {
  // What a file tried must not have reached anything.
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(({} as Record<string, unknown>)['shape']).toBeUndefined()
})

const read = (name: string): Uint8Array => readFileSync(new URL(`golden/${name}`, import.meta.url))

describe('files that numpy made', () => {
  test.each(['plain.npz', 'compressed.npz'])('%s', (name) => {
    expect(fromNpz(read(name))).toEqual({
      weight: { shape: [2, 3], data: Float32Array.of(0, 0.25, 0.5, 0.75, 1, 1.25) },
      bias: { shape: [3], data: Float64Array.of(0.1, -0.2, 1e300) },
      count: { shape: [], data: Int32Array.of(7) },
      mask: { shape: [2, 1], data: Uint8Array.of(1, 0) },
      half: { shape: [2], data: Float32Array.of(0.5, -2) },
      empty: { shape: [0, 3], data: Int32Array.of() },
      'encoder/0': { shape: [40, 50], data: new Int32Array(2000).fill(3) },
      é: { shape: [3], data: Int32Array.of(1, 2, 3) },
    })
  })

  test('without names', () => {
    expect(fromNpz(read('positional.npz'))).toEqual({
      arr_0: { shape: [1], data: Float64Array.of(1.5) },
      arr_1: { shape: [1, 1], data: Float64Array.of(2.5) },
    })
  })

  test('numpy reads ours', async ({ skip }) => {
    if (python === undefined) return skip(NO_PYTHON)
    const folder = mkdtempSync(join(tmpdir(), 'neurite-npz-'))
    try {
      const arrays = { w: tensor([[1, 2, 3]]), 'é/b': FeatureMatrix.from([[0.1], [0.2]]) }
      writeFileSync(join(folder, 'plain.npz'), await toNpz(arrays))
      writeFileSync(join(folder, 'compressed.npz'), await toNpz(arrays, { compress: true }))
      const script = `
import numpy as np, sys, zipfile
for name in ['plain', 'compressed']:
    path = sys.argv[1] + '/' + name + '.npz'
    assert zipfile.ZipFile(path).testzip() is None
    x = np.load(path, allow_pickle=False)
    assert sorted(x.files) == ['w', 'é/b'], x.files
    assert x['w'].dtype == 'f4' and x['w'].tolist() == [[1, 2, 3]]
    assert x['é/b'].dtype == 'f8' and x['é/b'].tolist() == [[0.1], [0.2]]`
      execFileSync(python, ['-c', script, folder])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

const arrays = fc.dictionary(
  fc.string({ minLength: 1, unit: 'grapheme' }).filter((name) => !isInherited(name)),
  fc.tuple(fc.constantFrom<DType>('float32', 'float64', 'int32', 'bool'), fc.array(fc.nat(3), { maxLength: 3 })),
  { maxKeys: 5 },
)

test('what is written comes back, packed or not, and the same arrays are the same bytes', async () => {
  await fc.assert(
    fc.asyncProperty(arrays, fc.boolean(), async (described, compress) => {
      const given: Record<string, ArrayData> = {}
      for (const [name, [dtype, shape]] of Object.entries(described)) {
        const size = shape.reduce((a, b) => a * b, 1)
        const values = Float64Array.from({ length: size }, (_, i) => (dtype === 'bool' ? i % 2 : i * 1.5))
        given[name] = { shape, data: await tensor(values, { shape, dtype }).data() }
      }
      const bytes = await toNpz(given, { compress })
      expect(fromNpz(bytes)).toEqual(given)
      expect(await toNpz(given, { compress })).toEqual(bytes)
    }),
    { numRuns: 60, seed: 1 },
  )
})

test('the time of saving is not in the file', async () => {
  const before = await toNpz({ x: tensor([1]) })
  vi.useFakeTimers({ now: new Date(2031, 4, 5) })
  const after = await toNpz({ x: tensor([1]) })
  vi.useRealTimers()
  expect(after).toEqual(before)
})

test('names that a zip file cannot hold are refused, and all others come back', async () => {
  const x = Float32Array.of(1)
  await expect(toNpz({ ['x'.repeat(65_532)]: x })).rejects.toThrow(/takes 65536 bytes.*\[INVALID_ARGUMENT\]/)
  await expect(toNpz({ ['ü'.repeat(40_000)]: x })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  await expect(toNpz({ a: x, '\ud800': x })).rejects.toThrow(/surrogate.*\[INVALID_ARGUMENT\]/)
  const names = ['', 'x'.repeat(65_531), '\ufeffx', 'a/b', '../x', 'x.npy', '😀']
  expect(Object.keys(fromNpz(await toNpz(Object.fromEntries(names.map((name) => [name, x])))))).toEqual(names)
})

test('compress makes it smaller', async () => {
  const x = { shape: [1000], data: new Float32Array(1000) }
  expect((await toNpz({ x })).length).toBeGreaterThan(4000)
  expect((await toNpz({ x }, { compress: true })).length).toBeLessThan(500)
})

test('arguments that cannot be', async () => {
  const x = tensor([1])
  await expect(toNpz(x as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  await expect(toNpz([x] as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  await expect(toNpz({ x: ['1'] as never })).rejects.toThrow(/toNpz: 'x'\[0\] must be a number.*\[INVALID_ARGUMENT\]/)
  await expect(toNpz({ x: null as never })).rejects.toThrow(/INVALID_ARGUMENT/)
  await expect(toNpz(Object.fromEntries([['__proto__', x]]))).rejects.toThrow(/__proto__.*\[INVALID_ARGUMENT\]/)
  await expect(toNpz({ constructor: x })).rejects.toThrow(/constructor cannot be.*\[INVALID_ARGUMENT\]/)
  await expect(toNpz({ x }, JSON.parse('{"level":9}') as object)).rejects.toMatchObject({ code: 'UNKNOWN_OPTION' })
  expect(() => fromNpz('x' as never)).toThrow(/INVALID_ARGUMENT/)
  expect(() => fromNpz(new Uint8Array(), JSON.parse('{"maxByte":1}') as object)).toThrow(/UNKNOWN_OPTION/)
})

const one = await toNpy(tensor([1]))
const entry: ZipEntry = { name: 'a.npy', data: one }

describe('hostile files', () => {
  test('the unchanged file loads', () => {
    expect(fromNpz(zip([entry, { ...entry, name: 'b.npy', deflate: true }]))).toHaveProperty(
      'b.data',
      Float32Array.of(1),
    )
    expect(fromNpz(zip([]))).toEqual({})
  })

  const zeros = new Uint8Array(2 ** 24)
  test.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(), /expected an NPZ file, got an empty file/],
    ['an NPY file', one, /got an NPY file \(see fromNpy/],
    ['a zip file cut off', zip([entry]).slice(0, -1), /do not end as a zip file/],
    ['bytes after the end', Uint8Array.of(...zip([entry]), 0), /do not end as a zip file/],
    ['a directory beyond the end', zip([entry], { start: 1e6 }), /not where it should be/],
    ['a directory of zip64', zip([entry], { start: 0xffffffff }), /zip64/],
    ['a directory elsewhere', zip([entry], { start: 0 }), /cut off after 0 of 1/],
    ['more files than there are', zip([entry], { count: 2 }), /cut off after 1 of 2/],
    ['a directory of no bytes', zip([entry], { size: 0 }), /cut off after 0 of 1/],
    ['a file that is nowhere', zip([{ ...entry, offset: 5 }]), /points to no file/],
    ['a file beyond the end', zip([{ ...entry, offset: 0xfffffff0 }]), /points to no file/],
    ['a file that is too long', zip([{ ...entry, packedLength: 1e6 }]), /reaches into the directory/],
    ['an encrypted file', zip([{ ...entry, flags: 0x801 }]), /encrypted/],
    ['another compression', zip([{ ...entry, method: 14 }]), /method 14/],
    ['a wrong checksum', zip([{ ...entry, checksum: 1 }]), /damaged/],
    ['a wrong checksum, packed', zip([{ ...entry, deflate: true, checksum: 1 }]), /damaged/],
    ['a stored file of another length', zip([{ ...entry, length: 5 }]), /has 132 bytes unpacked, expected 5/],
    ['a stored file of 1 GB', zip([{ ...entry, length: 2 ** 30 }]), /cannot be the 1073741824/],
    ['a packed file of 1 GB', zip([{ ...entry, deflate: true, length: 2 ** 30 }]), /cannot be the 1073741824/],
    ['a packed file that is longer', zip([{ ...entry, data: zeros, deflate: true, length: 132 }]), /more than the 132/],
    ['a packed file that is shorter', zip([{ ...entry, deflate: true, length: 133 }]), /has 132 bytes unpacked/],
    ['garbage for a packed file', zip([{ ...entry, method: 8 }]), /unpacked|checksum/],
    [
      'a packed file without bytes',
      zip([{ ...entry, method: 8, data: new Uint8Array() }]),
      /expected an NPY file, got an empty file/,
    ],
    ['a file that is no array', zip([{ ...entry, name: 'a.txt' }]), /'a.txt' is no .npy file/],
    ['a folder', zip([{ name: 'a/', data: new Uint8Array() }]), /no .npy file/],
    ['no NPY file under such a name', zip([{ ...entry, data: new Uint8Array(9) }]), /'a': expected an NPY file/],
    ['__proto__', zip([{ ...entry, name: '__proto__.npy' }]), /__proto__/],
    ['constructor', zip([{ ...entry, name: 'constructor.npy' }]), /named constructor/],
    [
      '900 names for the same bytes',
      zip([entry, ...Array.from({ length: 899 }, (_, i) => ({ ...entry, name: `${i}.npy`, offset: 0 }))]),
      /'0.npy' shares bytes with another file/,
    ],
    [
      'a file that begins within another',
      zip([
        { ...entry, data: zip([entry]), name: 'b.npy' },
        { ...entry, offset: 35 },
      ]),
      /shares bytes/,
    ],
    ['a name twice', zip([entry, entry]), /two files are named 'a.npy'/],
    ['a name that is not UTF-8', zip([{ ...entry, name: Uint8Array.of(0xff, 0xfe) }]), /not UTF-8/],
  ])('refused: %s', (_, bytes, message) => {
    const limits = { maxBytes: 2 ** 30 }
    expect(() => fromNpz(bytes, limits)).toThrow(message)
    expect(() => fromNpz(bytes, limits)).toThrow(/^fromNpz: .*\[BAD_FILE\]$/)
  })

  test('limits, before anything is unpacked', () => {
    const two = zip([entry, { ...entry, name: 'b.npy' }])
    expect(fromNpz(two, { maxArrays: 2, maxBytes: 264 })).toHaveProperty('b')
    expect(() => fromNpz(two, { maxArrays: 1 })).toThrow(/2 files, more than the 1.*BAD_FILE/)
    expect(() => fromNpz(two, { maxBytes: 263 })).toThrow(/264 bytes unpacked, more than maxBytes = 263.*BAD_FILE/)
    const bomb = zip([{ name: 'a.npy', data: zeros, deflate: true }])
    expect(bomb.length).toBeLessThan(20_000)
    expect(() => fromNpz(bomb, { maxBytes: 2 ** 23 })).toThrow(/more than maxBytes/)
    // Names are cheap: a hundred for the same bytes.
    const names = Array.from({ length: 99 }, (_, i) => ({ name: `${i}.npy`, data: new Uint8Array(), offset: 0 }))
    const shared = names.map((name) => ({ ...name, length: 2 ** 20, packedLength: 2 ** 20 }))
    const overlapping = zip([{ name: 'a.npy', data: zeros.subarray(0, 2 ** 20) }, ...shared])
    expect(() => fromNpz(overlapping, { maxBytes: 2 ** 26 })).toThrow(/104857600 bytes unpacked, more than maxBytes/)
  })

  test('a comment, and something before the first file, are allowed', () => {
    const bytes = zip([entry])
    bytes[bytes.length - 2] = 3
    expect(fromNpz(Uint8Array.of(...bytes, 65, 66, 67))).toHaveProperty('a')
  })
})

test('flipped bytes and cut files give BAD_FILE, or the arrays as they were but for their names', async () => {
  const given = { x: tensor([[1, 2, 3]]), y: tensor([true, false]) }
  const valid = [await toNpz(given), await toNpz(given, { compress: true })] as const
  const values = Object.values(fromNpz(valid[0]))
  fc.assert(
    fc.property(
      fc.constantFrom(...valid),
      fc.array(fc.tuple(fc.nat(valid[0].length - 1), fc.nat(255)), { maxLength: 3 }),
      fc.nat(valid[0].length),
      fc.boolean(),
      (file, flips, length, cut) => {
        const bytes = file.slice(0, cut ? length : file.length)
        for (const [place, value] of flips) if (place < bytes.length) bytes[place] = value
        try {
          for (const array of Object.values(fromNpz(bytes))) expect(values).toContainEqual(array)
        } catch (error) {
          if (!NeuriteError.isInstance(error)) throw error
          expect(error.code).toBe('BAD_FILE')
        }
      },
    ),
    { numRuns: 3000, seed: 2 },
  )
})
