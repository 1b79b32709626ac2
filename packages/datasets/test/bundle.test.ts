import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const SOURCE = fileURLToPath(new URL('../src/index.ts', import.meta.url))

/** What a user's bundler makes of an import of one function. */
async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `import { ${name} } from ${JSON.stringify(SOURCE)}\nconsole.log(${name}())`, resolveDir: '.' },
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    external: ['@neurite/core'],
  })
  return outputFiles[0]?.text ?? ''
}

// The first numbers of each.
const MARKS = {
  iris: '5.1,3.5,1.4,0.2',
  wine: '14.23,1.71',
  breastCancer: '17.99,10.38',
  diabetes: '59,2,32.1',
  digits: 'aafnjb',
}

test.each(Object.keys(MARKS))('an import of %s bundles no other data', async (name) => {
  const text = await bundle(name)
  for (const [other, mark] of Object.entries(MARKS)) expect(text.includes(mark), other).toBe(other === name)
})

test('an import of xor bundles no data', async () => {
  expect((await bundle('xor')).length).toBeLessThan(1000)
})
