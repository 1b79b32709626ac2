import { describe, expect, test } from 'vitest'
import { decodeSafetensors, metadataOf } from '../src/index.js'
import { raw } from './support/file.js'

const decode = (bytes: Uint8Array) => decodeSafetensors('load', bytes, { maxBytes: 2 ** 30, maxTensors: 10 })
const claim = (shape: unknown, offsets: unknown, dtype: unknown = 'F32') =>
  JSON.stringify({ a: { dtype, shape, data_offsets: offsets } })

describe('what is no whole safetensors file', () => {
  test.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(), /expected a safetensors file, got an empty file/],
    ['no header', raw('', [0x7b], 0n), /the header is no JSON/],
    ['a header beyond the end', raw('{}', [], 3n), /cut off: its header would have 3 bytes/],
    ['a header of 2^63 bytes', raw('{}', [], 1n << 63n), /expected a safetensors file/],
    ['a header that is no JSON', raw('{"a":'), /no JSON/],
    ['a header that is an array', raw('[]'), /expected a safetensors file/],
    ['a header that is not UTF-8', raw('{}').fill(0xff, 9), /not UTF-8/],
    ['a header nested 10^6 deep', raw('{"a":'.repeat(1e6)), /nested more than 100 deep/],
    ['__proto__', raw('{"__proto__":{"polluted":1}}'), /the name __proto__/],
    ['__proto__, escaped', raw('{"a":{"\\u005f_proto__":{"polluted":1}}}'), /the name __proto__/],
    ['constructor', raw('{"constructor":{}}'), /the name constructor/],
    ['prototype', raw('{"a":{"prototype":1}}'), /the name prototype/],
    [
      'a tensor named __metadata__',
      raw('{"__metadata__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', [0, 0, 0, 0]),
      /strings alone/,
    ],
    ['metadata that are no strings', raw('{"__metadata__":{"a":1}}'), /strings alone/],
    ['metadata that are a list', raw('{"__metadata__":[]}'), /strings alone/],
    ['a tensor that is null', raw('{"a":null}'), /is not described/],
    ['a tensor without a shape', raw('{"a":{"dtype":"F32","data_offsets":[0,0]}}'), /is not described/],
    ['a negative extent', raw(claim([-1], [0, 4]), [0, 0, 0, 0]), /is not described/],
    ['a fractional extent', raw(claim([0.5], [0, 2]), [0, 0]), /is not described/],
    ['an extent of 2^60', raw(claim([2 ** 60], [0, 4]), [0, 0, 0, 0]), /is not described/],
    ['extents whose product overflows', raw(claim([2 ** 40, 2 ** 40], [0, 4]), [0, 0, 0, 0]), /has 4 bytes/],
    ['extents whose product is infinite', raw(claim(Array(40).fill(2 ** 40), [0, 4]), [0, 0, 0, 0]), /has 4 bytes/],
    ['three offsets', raw(claim([1], [0, 4, 8]), [0, 0, 0, 0]), /is not described/],
    ['a dtype that is no string', raw(claim([1], [0, 4], 1), [0, 0, 0, 0]), /is not described/],
    ['a dtype of Object.prototype', raw(claim([1], [0, 4], 'toString'), [0, 0, 0, 0]), /dtype toString/],
    ['bytes beyond the end', raw(claim([2], [0, 8]), [0, 0, 0, 0]), /have 8 bytes, the file has 4/],
    ['bytes that nobody claims', raw(claim([1], [0, 4]), [0, 0, 0, 0, 1]), /have 4 bytes, the file has 5/],
    ['a gap before a tensor', raw(claim([1], [4, 8]), Array(8).fill(0)), /begins at byte 4, expected 0/],
    [
      'tensors that overlap',
      raw(
        '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
        Array(8).fill(0),
      ),
      /'b' begins at byte 4, expected 8/,
    ],
    ['offsets that run backwards', raw(claim([1], [4, 0]), Array(4).fill(0)), /has -4 bytes/],
  ])('refused: %s', (_, bytes, message) => {
    expect(() => decode(bytes)).toThrow(message)
    expect(() => decode(bytes)).toThrow(expect.objectContaining({ code: 'BAD_FILE' }) as Error)
  })
})

test('metadata that would be refused by whoever reads them are refused when they are written', () => {
  const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)])
  expect(metadataOf('model', { a: deep(100), b: undefined })).toMatchObject({
    a: `${'['.repeat(100)}1${']'.repeat(100)}`,
  })
  for (const a of [deep(101), { constructor: 1 }, JSON.parse('[{"__proto__":1}]')])
    expect(() => metadataOf('model', { a })).toThrow(/^a model: the metadata a .*\[BAD_FILE\]$/)
})
