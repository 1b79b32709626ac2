import { PRIMITIVE_NAMES } from '@neurite/core'
import { expect, test } from 'vitest'
import readme from '../README.md?raw'
import { wasm } from '../src/index.js'

const OPTIONAL = ['random', 'softmax', 'logSoftmax'] as const

/** The README's table, as the backend's own description makes it. */
async function table(): Promise<string> {
  const { name, capabilities, kernels, compile } = await wasm()
  const { dtypes, syncRead, float32Precision, int32Precision, missing } = capabilities
  const code = (words: readonly string[]): string =>
    words.length === 0 ? 'none' : words.map((word) => `\`${word}\``).join(', ')
  const rows: readonly (readonly [string, string])[] = [
    ['name', code([name])],
    ['dtypes', code(dtypes)],
    ['bits of float32 arithmetic', String(float32Precision)],
    ['bits of int32 arithmetic', String(int32Precision)],
    ['reads at once (`dataSync`)', syncRead ? 'yes' : 'no'],
    ['primitives', String(PRIMITIVE_NAMES.length - missing.length)],
    ['missing primitives', code(missing)],
    ['optional primitives with kernels', code(OPTIONAL.filter((primitive) => kernels[primitive] !== undefined))],
    ['runs whole programs (`compile`)', compile === undefined ? 'no' : 'yes'],
  ]
  return ['| capability | |', '| --- | --- |', ...rows.map(([what, how]) => `| ${what} | ${how} |`)].join('\n')
}

test('the table of capabilities in the README is what the backend says of itself', async () => {
  expect(readme).toContain(await table())
})
