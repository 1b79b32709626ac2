import { describe, expect, test } from 'vitest'
import { CHECKER, instrument, isLiteral } from '../src/assertions.js'
import { checkerFor } from '../src/checker.js'

const AsyncFunction = (async () => undefined).constructor as FunctionConstructor

/** Runs a fence of plain JavaScript that begins at line 10 of doc.md. */
async function run(code: string): Promise<void> {
  const body = new AsyncFunction(CHECKER, instrument(code, 10).code) as (checker: unknown) => Promise<void>
  await body(checkerFor('doc.md'))
}

const right = {
  'a number': '1 + 1 // => 2',
  'a number within float32': 'Math.fround(0.1) // => 0.1',
  'NaN and -0': '[NaN, -0, Infinity] // => [NaN, -0, Infinity]',
  'a promise': 'Promise.resolve([1, [2]]) // => [1, [2]]',
  awaited: 'await Promise.resolve(3) // => 3',
  'a typed array': 'new Float32Array([1, 2]) // => [1, 2]',
  'a tensor': '({ shape: [2], toArray: async () => [1, 2] }) // => [1, 2]',
  'a tensor inside an object': '({ g: { shape: [1], toArray: async () => [4] } }) // => { g: [4] }',
  'a variable': 'const x = 4 // => 4',
  'a string': '"a" + "b" // => \'ab\'',
  'a value over several lines': '[[1, 2], [3, 4]] // => [[1, 2],\n//     [3, 4]]',
  'printed text': '({ toString: () => "Tensor [2, 3] float32" }) // => Tensor [2, 3] float32',
  'console.log': 'console.log("loss", 2) // => loss 2',
  'a thrown code': '(() => { throw Object.assign(new Error("no"), { code: "BAD" }) })() // => throws BAD',
  'inside a loop': 'for (const i of [1, 1]) {\n  i // => 1\n}',
  'a line that begins with a bracket': 'const a = [3]\na[0] // => 3\n;[a.length] // => [1]',
}

test.each(Object.entries(right))('%s is right', async (_, code) => {
  await expect(run(code)).resolves.toBeUndefined()
})

const wrong = {
  'another number': ['1\n2 // => 3', 'doc.md:11: expected 3, got 2'],
  'a number just outside the tolerance': ['1.00001 // => 1', 'doc.md:10: expected 1, got 1.00001'],
  '0 for -0': ['0 // => -0', 'doc.md:10: expected -0, got 0'],
  'NaN for Infinity': ['NaN // => Infinity', 'doc.md:10: expected Infinity, got NaN'],
  'a longer array': ['[1, 2] // => [1]', 'doc.md:10: expected [ 1 ], got [ 1, 2 ]'],
  'an additional member': ['({ a: 1, b: 2 }) // => { a: 1 }', 'doc.md:10: expected { a: 1 }, got { a: 1, b: 2 }'],
  'another text': ['({ toString: () => "one" }) // => two words', 'doc.md:10: expected the text two words, got one'],
  'nothing thrown': ['\n\n1 // => throws BAD', 'doc.md:12: expected an error BAD, got the value 1'],
  'another code': ['null.x // => throws BAD', 'doc.md:10: expected an error BAD, got TypeError'],
} as const

test.each(Object.entries(wrong))('%s fails with its line', async (_, [code, message]) => {
  await expect(run(code)).rejects.toThrow(message)
})

test('an arrow that asserts nothing is a problem', () => {
  const { problems } = instrument('const f = () => {\n  g() // => 1\n}\n// => 2', 5)
  expect(problems.map(({ line }) => line)).toEqual([6, 8])
})

test('no line moves', () => {
  const code = 'f(\n  1,\n  2,\n) // => 3\nlast'
  expect(instrument(code).code.split('\n')[4]).toBe('last')
})

describe('literals', () => {
  test.each(['-1.5e3', '[1, [NaN]]', '{ a: [true, null] }', '`x`', 'undefined'])('%s is one', (text) => {
    expect(isLiteral(text)).toBe(true)
  })
  test.each(['x', 'f()', '[1,', '10 (iterations)', '1; 2', ''])('%s is none', (text) => {
    expect(isLiteral(text)).toBe(false)
  })
})
