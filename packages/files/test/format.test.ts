import { crc32 as zlibCrc32 } from 'node:zlib'
import { NeuriteError, type DType, type TypedArray } from '@neurite/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  crc32,
  decodeSafetensors,
  encodeSafetensors,
  fieldsOf,
  metadataOf,
  nameTree,
  sniff,
  templateFromNames,
  treeFromTemplate,
  type HostTensor,
  type Safetensors,
} from '../src/index.js'
import { claims, file, signed } from './support/file.js'

const LIMITS = { maxBytes: 2 ** 20, maxTensors: 100 }
const decode = (bytes: Uint8Array) => decodeSafetensors('load', bytes, LIMITS)
const coded = (message: RegExp): Error =>
  expect.objectContaining({ code: 'BAD_FILE', message: expect.stringMatching(message) as string }) as Error

const small = encodeSafetensors({
  tensors: new Map<string, HostTensor>([
    ['7', { dtype: 'float32', shape: [2], data: Float32Array.of(1.5, -0) }],
    ['a.b', { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) }],
  ]),
  metadata: metadataOf('tree', { tree: { 7: '7', a: ['a.b'] } }),
})

test('the checksum is that of zip and PNG', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, cut) => {
      expect(crc32(bytes)).toBe(zlibCrc32(bytes))
      expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(zlibCrc32(bytes))
    }),
  )
})

/** Names that objects inherit, and those that a file has for itself. */
const TAKEN = ['__proto__', 'constructor', 'prototype', '__metadata__', 'neurite.crc32']

describe('every file that is written', () => {
  test('comes back, whatever the names', () => {
    const leaf = fc
      .tuple(fc.constantFrom<DType>('float32', 'float64', 'int32', 'bool'), fc.nat(4))
      .map(([dtype, length]): HostTensor => {
        const make: Record<DType, TypedArray> = {
          float32: new Float32Array(length).fill(0.1),
          float64: new Float64Array(length).fill(-0),
          int32: new Int32Array(length).fill(-7),
          bool: new Uint8Array(length).fill(1),
        }
        return { dtype, shape: [length], data: make[dtype] }
      })
    const name = fc
      .oneof(fc.string({ unit: 'grapheme' }), fc.nat(99).map(String))
      .filter((drawn) => !TAKEN.includes(drawn))
    fc.assert(
      fc.property(
        fc.dictionary(name, leaf, { noNullPrototype: true }),
        fc.dictionary(name, fc.string(), { noNullPrototype: true }),
        (tensors, metadata) => {
          const content: Safetensors = { tensors: new Map(Object.entries(tensors)), metadata }
          const bytes = encodeSafetensors(content)
          expect(bytes).toEqual(signed(bytes))
          expect(decode(bytes)).toEqual(content)
        },
      ),
    )
  })

  test('is refused with any single bit flipped', () => {
    for (let bit = 0; bit < small.length * 8; bit++) {
      const bytes = small.slice()
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => decode(bytes), `bit ${bit}`).toThrow(expect.objectContaining({ code: 'BAD_FILE' }) as Error)
    }
  })

  test('is refused when bytes are changed, left out, put in or moved, in 20,000 ways', () => {
    const place = fc.nat(small.length)
    let refused = 0
    fc.assert(
      fc.property(
        fc.array(fc.tuple(place, fc.nat(4), fc.uint8Array({ maxLength: 4 })), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (edits, again) => {
          const edited = [...small]
          for (const [at, gone, put] of edits) edited.splice(at, gone, ...put)
          const bytes = Uint8Array.from(edited)
          // With a checksum that is right again, what is checked besides has to hold.
          const mutant = again && bytes.length > 60 ? signed(bytes) : bytes
          try {
            const { tensors, metadata } = decode(mutant)
            // Whose metadata no longer say that it is a file of Neurite is one of others, which has no checksum.
            if (!again && metadata['format']?.startsWith('neurite.')) expect(mutant).toEqual(small)
            for (const { shape, data } of tensors.values()) expect(data).toHaveLength(shape.reduce((a, b) => a * b, 1))
          } catch (error) {
            if (!NeuriteError.isInstance(error) || error.code !== 'BAD_FILE') throw error
            refused++
          }
        },
      ),
      { numRuns: 20_000 },
    )
    expect(refused).toBeGreaterThan(15_000)
  })

  test('that would not be read again is not written', () => {
    const one: HostTensor = { dtype: 'float32', shape: [1], data: Float32Array.of(1) }
    for (const name of TAKEN) {
      const refused = coded(new RegExp(`'${name}' cannot be a name in a file`))
      expect(() => encodeSafetensors({ tensors: new Map([[name, one]]), metadata: {} })).toThrow(refused)
      expect(() => encodeSafetensors({ tensors: new Map(), metadata: Object.fromEntries([[name, 'x']]) })).toThrow(
        refused,
      )
    }
    expect(() => encodeSafetensors({ tensors: new Map(), metadata: { a: 'x'.repeat(2 ** 24) } })).toThrow(
      coded(/names and metadata take 16777\d+ bytes/),
    )
  })
})

describe('the checksum', () => {
  const one = { dtype: 'F32', shape: [1], data: [0, 0, 0, 0] }
  test('files of others need none, those of Neurite do', () => {
    expect(decode(file({ one })).tensors.size).toBe(1)
    expect(decode(file({ one }, { format: 'pt' })).metadata).toEqual({ format: 'pt' })
    expect(() => decode(file({ one }, { format: 'neurite.tree', version: '1' }))).toThrow(coded(/checksum is wrong/))
    expect(decode(signed(file({ one }, claims('tree', {})))).metadata).toEqual({ format: 'neurite.tree', version: '1' })
    expect(() => decode(file({ one }, claims('tree', {})))).toThrow(coded(/checksum is wrong/))
  })
  test('stands in one place alone', () => {
    const elsewhere = file({ one }, { a: '', ...claims('tree', {}) })
    expect(() => decode(signed(elsewhere))).toThrow(coded(/./))
  })
})

describe('fields', () => {
  const fields = (bytes: Uint8Array) => fieldsOf('load', 'tree', ['tree'], decode(bytes).metadata, bytes)
  const tree = (more: Record<string, string>) => signed(file({}, claims('tree', more)))
  test('come back as JSON', () => {
    expect(fields(small)).toEqual({ tree: { 7: '7', a: ['a.b'] } })
    expect(metadataOf('model', { a: undefined, b: [1] })).toEqual({ format: 'neurite.model', version: '1', b: '[1]' })
  })
  test.each([
    ['a newer version', tree({ version: '2' }), /has version 2, this package reads version 1; update it/],
    ['an unknown field', tree({ evil: '1' }), /the metadata 'evil' is not known; known: tree/],
    ['no JSON', tree({ tree: '{' }), /the metadata tree is no JSON/],
    ['100,000 levels', tree({ tree: '['.repeat(1e5) + ']'.repeat(1e5) }), /nested more than 100 deep/],
    ['__proto__', tree({ tree: '{"__proto__":1}' }), /the name __proto__/],
    ['constructor', tree({ tree: '{"a":{"constructor":{"prototype":{}}}}' }), /the name (constructor|prototype)/],
    ['another kind', signed(file({}, claims('model', {}))), /expected a tree, got a model \(see loadModel/],
    ['a kind of others', file({}, { format: 'pt' }), /expected a tree, got tensors in a safetensors file/],
  ])('%s is refused', (_, bytes, message) => {
    expect(() => fields(bytes)).toThrow(coded(message))
  })
})

test.each<[string, string | Uint8Array, RegExp]>([
  ['HTML', '<!doctype html><title>404</title>', /HTML/],
  ['HTML with a byte order mark', '\ufeff\n<html>', /HTML/],
  ['XML', '<?xml version="1.0"?>', /XML/],
  ['JSON', '{"layers":[]}', /JSON/],
  ['a list', '\n [1]', /JSON/],
  ['NPY', Uint8Array.of(0x93, ...Buffer.from('NUMPY\x01\x00')), /NPY.*fromNpy/],
  ['ZIP', 'PK\x03\x04\x14\0\0\0', /ZIP.*fromNpz/],
  ['an empty ZIP', 'PK\x05\x06\0\0', /ZIP/],
  ['ONNX', '\x08\x08\x12\x07neurite:', /ONNX/],
  ['ONNX of PyTorch', '\x08\x08\x12\x07pytorch\x1a\x052.1.0', /ONNX/],
  ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0), /gzip; unpack it first/],
  ['a pickle', Uint8Array.of(0x80, 2, 0x7d), /pickle.*safetensors/],
  ['HDF5', Uint8Array.of(0x89, ...Buffer.from('HDF\r\n\x1a\n')), /HDF5.*Keras/],
  ['TensorFlow Lite', '\x1c\0\0\0TFL3', /TensorFlow Lite/],
  ['PNG', Uint8Array.of(0x89, ...Buffer.from('PNG\r\n\x1a\n')), /an image/],
  ['JPEG', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), /an image/],
  ['GIF', 'GIF89a', /an image/],
  ['WebP', 'RIFF\n\0\0\0WEBPVP8 ', /an image/],
  ['PDF', '%PDF-1.7', /a PDF/],
  ['a pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a', /Git LFS.*git lfs pull/],
  ['a model', signed(file({}, claims('model', {}))), /a model \(see loadModel/],
  ['a checkpoint', signed(file({}, claims('checkpoint', {}))), /a checkpoint.*loadCheckpoint/],
  ['a tree', small, /tensors in a safetensors file \(see fromSafetensors/],
])('%s is known by how it begins', (_, begin, kind) => {
  const bytes = typeof begin === 'string' ? new TextEncoder().encode(begin) : begin
  expect(sniff(bytes)).toMatch(kind)
  // Not by what stands further on.
  expect(sniff(Uint8Array.of(0x78, ...bytes)) ?? '').not.toMatch(kind)
  if (bytes[8] !== 0x7b)
    expect(() => decode(bytes)).toThrow(coded(new RegExp(`expected a safetensors file, got .*${kind.source}`)))
})

test('what is not known is not guessed', () => {
  for (const text of ['', 'hello', '\x08', '\x08\x0a\x12\0\0\0\0\0']) {
    expect(sniff(new TextEncoder().encode(text))).toBeUndefined()
  }
})

describe('trees', () => {
  test.each(['__proto__', 'constructor', 'prototype'])('%s is the name of nothing', (name) => {
    const tree = Object.fromEntries([[name, leaf]])
    for (const made of [tree, { a: tree }, { a: { [`${name}.b`]: leaf, ...tree } }]) {
      expect(() => nameTree<HostTensor>('save', '', made)).toThrow(/cannot be the name of a part.*INVALID_ARGUMENT/)
    }
    for (const place of [name, `${name}.x`, `a.${name}`, `a.${name}.0`]) {
      expect(() => templateFromNames('load', [place])).toThrow(coded(/cannot be the name of a tensor/))
    }
    // Of no tensors, as of any whose names are no numbers.
    expect(templateFromNames('load', [])).toEqual({})
    expect(templateFromNames('load', [`a.${name}s`])).toEqual({ a: { [`${name}s`]: `a.${name}s` } })
  })
  test('a tensor named __metadata__ is refused, a part of a longer name is not', () => {
    expect(() => nameTree<HostTensor>('save', '', { __metadata__: leaf })).toThrow(/INVALID_ARGUMENT/)
    const { template, tensors } = nameTree<HostTensor>('save', '', { a: { __metadata__: leaf } })
    const { tensors: read } = decode(encodeSafetensors({ tensors, metadata: {} }))
    expect(treeFromTemplate('load', template, new Map(read), (stored) => stored)).toEqual({ a: { __metadata__: leaf } })
  })
  const leaf: HostTensor = { dtype: 'float32', shape: [1], data: Float32Array.of(1) }
  test('what is neither a tensor nor a tree is refused by its place, whatever it is', () => {
    const leaves = [undefined, null, 0, 1n, true, 'data', Symbol('data'), () => 0]
    const inside = [[1, 2], { dtype: 'float32', shape: [1], data: [1] }]
    for (const wrong of [...leaves, ...inside])
      for (const tree of [wrong, [wrong], { a: { b: wrong } }]) {
        const call = (): unknown => nameTree<HostTensor>('save', 'root', tree as never)
        expect(call).toThrow(/save: 'root[^']*' is neither a tensor nor a tree, but a \w+.*INVALID_ARGUMENT/)
      }
  })
  test('a tensor stands in one place alone', () => {
    const { template, tensors } = nameTree<HostTensor>('save', 'params', { a: [leaf, {}], b: leaf })
    expect(template).toEqual({ a: ['params.a.0', {}], b: 'params.b' })
    const left = new Map(tensors)
    expect(treeFromTemplate('load', template, left, (stored) => stored)).toEqual({ a: [leaf, {}], b: leaf })
    expect(left.size).toBe(0)
    const many = Array.from({ length: 5000 }, () => 'params.b')
    expect(() => treeFromTemplate('load', many, new Map(tensors), () => 0)).toThrow(coded(/stands in it twice/))
    for (const wrong of [undefined, null, 1, [true]]) {
      expect(() => treeFromTemplate('load', wrong as never, new Map(), () => 0)).toThrow(coded(/something else/))
    }
  })
})
