import { build } from 'esbuild'
import { expect, test } from 'vitest'

/** What a program for browsers contains that is no package of this repository. */
async function foreign(names: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: {
      contents: `export { ${names} } from './src/index.ts'`,
      resolveDir: new URL('..', import.meta.url).pathname,
    },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@neurite/source'],
  })
  const [output] = Object.values(metafile.outputs)
  const used = Object.entries(output!.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0)
  return used.map(([path]) => path).filter((path) => path.includes('node_modules'))
}

test('a search contains no package of others, in workers or not', async () => {
  expect(await foreign('gridSearch')).toEqual([])
  expect(await foreign('workerPool, exposeObjective')).toEqual([])
})
