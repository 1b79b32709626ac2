import { build } from 'esbuild'
import { gzipSync } from 'node:zlib'
const beside = ['@neurite/core','@neurite/nn','@neurite/data']
for (const [name, ext, program] of [
  ['io save+load', beside, "export { loadModel, saveModel } from 'ROOT/packages/io/src/index.ts'"],
  ['train fit', [...beside,'@neurite/losses','@neurite/optimizers'], "export { fit } from 'ROOT/packages/train/src/index.ts'"],
  ['train all', [...beside,'@neurite/losses','@neurite/optimizers','comlink','cli-progress','simple-ascii-chart'], "export * from 'ROOT/packages/train/src/index.ts'"],
  ['data csv', ['@neurite/core','papaparse'], "export { readCsv } from 'ROOT/packages/data/src/index.ts'"],
] as const) {
 for (const root of ['/tmp/base-d', '/work/wt/d']) {
  const { outputFiles, metafile } = await build({ metafile: true, stdin: { contents: program.replaceAll('ROOT', root), resolveDir: '/work/wt/d/packages/train' }, bundle: true, write: false, minify: true, format: 'esm', platform: 'browser', conditions: ['@neurite/source'], external: [...ext.flatMap(e => [e, e + '/*']), 'node:*', 'comlink'], target: 'es2022' })
  console.log(name, root, gzipSync(outputFiles[0].contents, {level: 9}).length)
  if (name.startsWith('io')) console.log(Object.entries(Object.values(metafile.outputs)[0].inputs).sort((a,b)=>b[1].bytesInOutput-a[1].bytesInOutput).map(([k,v])=>k.split('/').slice(-3).join('/')+':'+v.bytesInOutput).join(' '))
 }
}
