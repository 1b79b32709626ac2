import { build } from 'esbuild'
import { expect, test } from 'vitest'

/** The files of other packages that a program for browsers contains. */
async function others(entry: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents: `export * from './src/${entry}'`, resolveDir: new URL('..', import.meta.url).pathname },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@neurite/source'],
  })
  const [output] = Object.values(metafile.outputs)
  const used = Object.entries(output!.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0)
  return used.map(([path]) => path).filter((path) => !path.startsWith('src/') && path !== '<stdin>')
}

test('calls bring core alone along, for browsers as it is', async () => {
  const files = await others('index.ts')
  expect(files.length).toBeGreaterThan(0)
  expect(files.filter((path) => !path.startsWith('../core/'))).toEqual([])
})

test('training brings packages of Neurite alone along', async () => {
  const files = await others('training/index.ts')
  expect(files.some((path) => path.startsWith('../train/'))).toBe(true)
  expect(files.filter((path) => path.includes('node_modules'))).toEqual([])
})
