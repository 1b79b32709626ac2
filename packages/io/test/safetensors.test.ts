import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cpu } from '@neurite/backend-cpu'
import { isTensor, setDefaultBackend, tensor, type DType, type Tensor, type Tree, type TypedArray } from '@neurite/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromSafetensors, toSafetensors } from '../src/index.js'
// @boundaries-ignore what tests of two packages share has no name to import it by
import { file } from '../../files/test/support/file.js'
import { NO_PYTHON, python } from './support/python.js'

setDefaultBackend(cpu())

/** A tree with host data in place of tensors, for comparison. Bit patterns, so that NaN and -0 count. */
const host = (tree: Tree): unknown => {
  if (isTensor(tree)) {
    const data = tree.dataSync()
    const bits = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex')
    return { dtype: tree.dtype, shape: [...tree.shape], bits }
  }
  if (Array.isArray(tree)) return (tree as readonly Tree[]).map(host)
  return Object.fromEntries(Object.entries(tree).map(([name, child]) => [name, host(child)]))
}
const values = (tree: Tree) => {
  const leaf = tree as Tensor
  return { dtype: leaf.dtype, shape: leaf.shape, data: Array.from(leaf.dataSync()) }
}

describe('a file made by hand, byte for byte', () => {
  // {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} is 54 bytes; the numbers are 1 and -2.
  const hex =
    '3600000000000000' +
    Buffer.from('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}').toString('hex') +
    '0000803f' +
    '000000c0'

  test('is read', async () => {
    const tree = fromSafetensors(Uint8Array.from(Buffer.from(hex, 'hex'))) as { a: Tensor }
    expect(tree.a.dtype).toBe('float32')
    expect(await tree.a.toArray()).toEqual([1, -2])
  })

  test('what is written has aligned, gapless elements, the widest first', async () => {
    const bytes = await toSafetensors({
      flag: tensor([true]),
      n: tensor([7], { dtype: 'int32' }),
      wide: tensor([0.5], { dtype: 'float64' }),
    })
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
    expect((8 + length) % 8).toBe(0)
    const { __metadata__, ...header } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))
    expect(header).toEqual({
      wide: { dtype: 'F64', shape: [1], data_offsets: [0, 8] },
      n: { dtype: 'I32', shape: [1], data_offsets: [8, 12] },
      flag: { dtype: 'BOOL', shape: [1], data_offsets: [12, 13] },
    })
    expect(__metadata__).toEqual({
      'neurite.crc32': expect.stringMatching(/^[0-9a-f]{8}$/) as string,
      format: 'neurite.tree',
      version: '1',
      tree: '{"flag":"flag","n":"n","wide":"wide"}',
    })
    expect(Buffer.from(bytes.subarray(8 + length)).toString('hex')).toBe('000000000000e03f' + '07000000' + '01')
  })
})

describe('trees', () => {
  const leaf = fc
    .record({
      dtype: fc.constantFrom<DType>('float32', 'float64', 'int32', 'bool'),
      shape: fc.array(fc.nat(3), { maxLength: 3 }),
      seed: fc.nat(),
    })
    .map(({ dtype, shape, seed }) => {
      const size = shape.reduce((a, b) => a * b, 1)
      const odd = [NaN, -0, Infinity, 1e-45, Math.PI, -2.5]
      const data = Array.from({ length: size }, (_, i) =>
        dtype === 'bool' ? (seed + i) % 2 : dtype === 'int32' ? seed - i : odd[(seed + i) % 6]!,
      )
      const make: Record<DType, TypedArray> = {
        float32: Float32Array.from(data),
        float64: Float64Array.from(data),
        int32: Int32Array.from(data),
        bool: Uint8Array.from(data),
      }
      return tensor(make[dtype], { dtype, shape })
    })
  const name = fc
    .string({ minLength: 1, maxLength: 5, unit: 'grapheme' })
    .filter((s) => !s.includes('.') && !/^__(proto|metadata)__$/.test(s))
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(name, tie('tree'), { maxKeys: 3 }),
    ),
  }))

  test('come back bit for bit, with their arrays, objects and empty parts', async () => {
    await fc.assert(
      fc.asyncProperty(tree, async (before) => {
        const bytes = await toSafetensors(before)
        const after = fromSafetensors(bytes)
        expect(host(after)).toEqual(host(before))
        expect(await toSafetensors(after)).toEqual(bytes)
      }),
      { numRuns: 150 },
    )
  })

  test('of other writers are what the dotted names say', () => {
    const t = { dtype: 'F32', shape: [], data: [0, 0, 0, 0] }
    const bytes = file({ 'enc.0.weight': t, 'enc.1.weight': t, 'head.0.w': t, 'head.2.w': t, bias: t })
    const shape = (node: Tree): unknown =>
      isTensor(node)
        ? 'T'
        : Array.isArray(node)
          ? (node as Tree[]).map(shape)
          : Object.fromEntries(Object.entries(node).map(([k, v]) => [k, shape(v)]))
    expect(shape(fromSafetensors(bytes))).toEqual({
      bias: 'T',
      enc: [{ weight: 'T' }, { weight: 'T' }],
      head: { 0: { w: 'T' }, 2: { w: 'T' } },
    })
    expect(() => fromSafetensors(file({ a: t, 'a.b': t }))).toThrow(/'a' is the name of a tensor and the beginning/)
    expect(() => fromSafetensors(file({ 'a.b': t, a: t }))).toThrow(/BAD_FILE/)
    for (const name of ['__proto__.x', 'a.__proto__', 'constructor.prototype.x', 'constructor']) {
      expect(() => fromSafetensors(file({ [name]: t }))).toThrow(/BAD_FILE/)
    }
  })

  test('that cannot be named are refused', async () => {
    const t = tensor([1])
    await expect(toSafetensors({ 'a.b': t, a: { b: t } })).rejects.toThrow(/'a.b' names two tensors.*INVALID_ARGUMENT/)
    await expect(toSafetensors(JSON.parse('{"__proto__":[]}') as Tree)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    })
    await expect(toSafetensors({ a: 'text' as never })).rejects.toThrow(
      /'a' is neither a tensor nor a tree, but a string/,
    )
    let deep: Tree = t
    for (let i = 0; i < 200; i++) deep = [deep]
    await expect(toSafetensors(deep)).rejects.toThrow(/more than 100 deep/)
  })
})

describe('other formats of elements', () => {
  const bytesOf = (data: ArrayBufferView) => Array.from(new Uint8Array(data.buffer))
  test.each([
    [
      'F16',
      bytesOf(Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x7c00)),
      'float32',
      [1, -2, 65504, 2 ** -24, -0, Infinity],
    ],
    ['BF16', bytesOf(Uint16Array.of(0x3f80, 0xc000, 0x4049)), 'float32', [1, -2, 3.140625]],
    ['I8', [1, 255], 'int32', [1, -1]],
    ['U8', [1, 255], 'int32', [1, 255]],
    ['I16', bytesOf(Int16Array.of(-300, 5)), 'int32', [-300, 5]],
    ['I64', bytesOf(BigInt64Array.of(-5n, 2147483647n)), 'int32', [-5, 2147483647]],
    ['BOOL', [1, 0], 'bool', [1, 0]],
  ])('%s', (dtype, data, expected, numbers) => {
    const tree = fromSafetensors(file({ x: { dtype, shape: [numbers.length], data } })) as { x: Tensor }
    expect(values(tree.x)).toEqual({ dtype: expected, shape: [numbers.length], data: numbers })
  })

  test.each([
    ['I64', bytesOf(BigInt64Array.of(2147483648n)), 1, /elements that int32 cannot hold/],
    ['BOOL', [2], 1, /elements that bool cannot hold/],
    ['F8_E4M3', [2], 1, /has the dtype F8_E4M3; known: F64/],
    ['__proto__', [2], 1, /has the dtype __proto__/],
  ])('%s that does not fit is refused', (dtype, data, length, message) => {
    expect(() => fromSafetensors(file({ x: { dtype, shape: [length], data } }))).toThrow(message)
  })
})

// The other side, by someone else: Python's own package where it is installed, and else a reader of a few lines in Python that shares nothing
// with ours but the format's description.
const READER = `
import json, struct, sys
import numpy as np
try:
    from safetensors.numpy import load_file
    tensors, by = load_file(sys.argv[1]), 'safetensors'
except ImportError:
    raw = open(sys.argv[1], 'rb').read()
    (n,) = struct.unpack('<Q', raw[:8])
    header, kinds = json.loads(raw[8:8 + n]), {'F32': '<f4', 'F64': '<f8', 'I32': '<i4', 'BOOL': '?'}
    tensors = {}
    for name, entry in header.items():
        if name != '__metadata__':
            begin, end = entry['data_offsets']
            tensors[name] = np.frombuffer(raw[8 + n + begin:8 + n + end], kinds[entry['dtype']]).reshape(entry['shape'])
    by = 'numpy'
print(json.dumps({'by': by, 'tensors': {k: [str(v.dtype), list(v.shape), v.astype('f8').ravel().tolist()] for k, v in tensors.items()}}))
`

test('Python reads our file', async ({ annotate, skip }) => {
  if (python === undefined) return skip(NO_PYTHON)
  const folder = mkdtempSync(join(tmpdir(), 'neurite-safetensors-'))
  try {
    const path = join(folder, 'tree.safetensors')
    writeFileSync(
      path,
      await toSafetensors([
        {
          weight: tensor([
            [1.5, -2],
            [3, 4],
          ]),
          bias: tensor([0.1], { dtype: 'float64' }),
        },
        { n: tensor([7], { dtype: 'int32' }), on: tensor([true, false]) },
      ]),
    )
    const { by, tensors }: { by: string; tensors: unknown } = JSON.parse(
      execFileSync(python, ['-c', READER, path], { encoding: 'utf8' }),
    )
    await annotate(`read with ${by}`)
    expect(tensors).toEqual({
      '0.weight': ['float32', [2, 2], [1.5, -2, 3, 4]],
      '0.bias': ['float64', [1], [0.1]],
      '1.n': ['int32', [1], [7]],
      '1.on': ['bool', [2], [1, 0]],
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})
