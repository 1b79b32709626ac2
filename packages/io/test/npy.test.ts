import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cpu } from '@neurite/backend-cpu'
import { NeuriteError, setDefaultBackend, tensor, type DType } from '@neurite/core'
import { FeatureMatrix } from '@neurite/data'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromNpy, toNpy } from '../src/index.js'
import { NO_PYTHON, python } from './support/python.js'

setDefaultBackend(cpu())

/** What numpy.save writes, version 1. */
const npy = (header: string, body: readonly number[], version = 1): Uint8Array => {
  const text = Buffer.from(header)
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0]
  return Uint8Array.from([0x93, ...Buffer.from('NUMPY'), version, 0, ...length, ...text, ...body])
}
const describeArray = (descr: string, shape: string, order = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }          \n`

test('bytes by hand', async () => {
  const bytes = await toNpy(tensor([1, -2]))
  expect(Buffer.from(bytes.subarray(0, 10)).toString('latin1')).toBe('\x93NUMPY\x01\x00\x76\x00')
  expect(Buffer.from(bytes.subarray(10, 128)).toString('latin1')).toBe(
    `${"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }".padEnd(117)}\n`,
  )
  expect(Buffer.from(bytes.subarray(128)).toString('hex')).toBe('0000803f000000c0')
})

test('every dtype and shape comes back', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<DType>('float32', 'float64', 'int32', 'bool'),
      fc.array(fc.nat(4), { maxLength: 4 }),
      async (dtype, shape) => {
        const size = shape.reduce((a, b) => a * b, 1)
        const x = tensor(
          Float64Array.from({ length: size }, (_, i) => (dtype === 'bool' ? i % 2 : i * 1.5)),
          { shape, dtype },
        )
        const back = fromNpy(await toNpy(x))
        expect(back).toEqual({ shape, data: await x.data() })
      },
    ),
    { numRuns: 60 },
  )
})

test('matrices of data are taken as they are', async () => {
  expect(fromNpy(await toNpy(FeatureMatrix.from([[1, 2]])))).toEqual({ shape: [1, 2], data: Float64Array.of(1, 2) })
  await expect(toNpy({ shape: [3], data: new Float32Array(2) })).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' })
  expect(fromNpy(await toNpy([[1, 2]]))).toEqual({ shape: [1, 2], data: Float64Array.of(1, 2) })
})

describe('files of others', () => {
  test.each([
    [
      '<i8',
      '(2,)',
      [1, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255],
      { shape: [2], data: Int32Array.of(1, -1) },
    ],
    ['|u1', '(1, 2)', [1, 255], { shape: [1, 2], data: Int32Array.of(1, 255) }],
    ['<f2', '()', [0, 0x3c], { shape: [], data: Float32Array.of(1) }],
    ['|b1', '(0, 3)', [], { shape: [0, 3], data: Uint8Array.of() }],
  ])('%s %s', (descr, shape, body, expected) => {
    expect(fromNpy(npy(describeArray(descr, shape), body))).toEqual(expected)
    expect(fromNpy(npy(describeArray(descr, shape), body, 2))).toEqual(expected)
  })

  test.each([
    ['nothing', new Uint8Array()],
    ['another magic', npy(describeArray('<f4', '()'), [0, 0, 0, 0]).fill(0, 0, 1)],
    ['a later version', npy(describeArray('<f4', '()'), [0, 0, 0, 0], 4)],
    ['objects, which hold code', npy(describeArray('|O', '(1,)'), [0, 0, 0, 0])],
    ['big-endian numbers', npy(describeArray('>f4', '()'), [0, 0, 0, 0])],
    ['records', npy(`{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }\n`, [0, 0, 0, 0])],
    ['more axes than numpy has', npy(describeArray('<f4', `(${'1,'.repeat(65)})`), [0, 0, 0, 0])],
    ['too few bytes', npy(describeArray('<f4', '(2,)'), [0, 0, 0, 0])],
    ['too many bytes', npy(describeArray('<f4', '()'), [0, 0, 0, 0, 0])],
    ['a negative extent', npy(describeArray('<f4', '(-1,)'), [0, 0, 0, 0])],
    ['a huge extent', npy(describeArray('<f4', `(${'9'.repeat(400)},)`), [0, 0, 0, 0])],
    ['code in the header', npy(describeArray('<f4', '(__import__("os"),)'), [0, 0, 0, 0])],
    ['integers beyond int32', npy(describeArray('<i8', '()'), [0, 0, 0, 0, 1, 0, 0, 0])],
  ])('refused: %s', (_, bytes) => {
    expect(() => fromNpy(bytes)).toThrow(/\[BAD_FILE\]/)
  })
})

test('Fortran order: the first axis changes fastest in the file, the last in what is read', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(4), { maxLength: 4 }), (shape) => {
      const size = shape.reduce((a, b) => a * b, 1)
      // Each element is its own index of C order.
      const bytes = Array.from({ length: size }, (_, place) => {
        let rest = place
        const index = shape.map((extent) => {
          const here = rest % extent
          rest = (rest - here) / extent
          return here
        })
        return index.reduce((at, i, axis) => at * shape[axis]! + i, 0)
      })
      const { data } = fromNpy(npy(describeArray('|u1', `(${shape.map((n) => `${n},`).join('')})`, 'True'), bytes))
      expect(Array.from(data)).toEqual(Array.from({ length: size }, (_, i) => i))
    }),
  )
})

test('numpy reads ours, we read numpy', async ({ skip }) => {
  if (python === undefined) return skip(NO_PYTHON)
  const folder = mkdtempSync(join(tmpdir(), 'neurite-npy-'))
  try {
    for (const dtype of ['float32', 'float64', 'int32', 'bool'] as const) {
      const x = tensor(
        [
          [1, 0, 1],
          [0, 1, 1],
        ],
        { dtype },
      )
      writeFileSync(join(folder, `${dtype}.npy`), await toNpy(x))
    }
    const script = `
import numpy as np, sys
for d in ['float32', 'float64', 'int32', 'bool']:
    x = np.load(sys.argv[1] + '/' + d + '.npy', allow_pickle=False)
    assert x.dtype == d and x.tolist() == np.array([[1, 0, 1], [0, 1, 1]], d).tolist(), (d, x)
np.save(sys.argv[1] + '/theirs.npy', np.arange(24).reshape(2, 3, 4))
np.save(sys.argv[1] + '/turned.npy', np.arange(24).reshape(4, 3, 2).T)
np.save(sys.argv[1] + '/half.npy', np.array([0.1, -65504, 6e-8, np.inf], 'f2'))
print(np.array([0.1, -65504, 6e-8], 'f2').astype('f8').tolist())`
    const halves = JSON.parse(execFileSync(python, ['-c', script, folder], { encoding: 'utf8' })) as number[]
    const read = (name: string) => fromNpy(readFileSync(join(folder, name)))
    expect(read('theirs.npy')).toEqual({ shape: [2, 3, 4], data: Int32Array.from({ length: 24 }, (_, i) => i) })
    const turned = Int32Array.from(
      { length: 24 },
      (_, i) => 6 * (i % 4) + 2 * (Math.floor(i / 4) % 3) + Math.floor(i / 12),
    )
    expect(read('turned.npy')).toEqual({ shape: [2, 3, 4], data: turned })
    expect(Array.from(read('half.npy').data)).toEqual([...halves, Infinity])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('flipped bytes and cut files give an error with a code, or an array', async () => {
  const valid = await toNpy(tensor([[1, 2, 3]]))
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 3 }),
      fc.nat(valid.length),
      fc.boolean(),
      (flips, length, cut) => {
        const bytes = valid.slice(0, cut ? length : valid.length)
        for (const [place, value] of flips) if (place < bytes.length) bytes[place] = value
        try {
          const { shape, data } = fromNpy(bytes)
          expect(data).toHaveLength(shape.reduce((a, b) => a * b, 1))
        } catch (error) {
          expect(NeuriteError.isInstance(error) && error.code).toBe('BAD_FILE')
        }
      },
    ),
    { numRuns: 1000 },
  )
})

test('bytes that are not all 0 and 1 are numbers: none is lost', async () => {
  const bytes = await toNpy(Uint8Array.of(0, 1, 200))
  expect(Buffer.from(bytes.subarray(10, 128)).toString('latin1')).toContain("'descr': '|u1'")
  expect(fromNpy(bytes)).toEqual({ shape: [3], data: Int32Array.of(0, 1, 200) })
  expect(fromNpy(await toNpy(Uint8Array.of(0, 1, 1)))).toEqual({ shape: [3], data: Uint8Array.of(0, 1, 1) })
})
