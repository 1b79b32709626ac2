import { cpSync } from 'node:fs'
import { join } from 'node:path'
import commonjs from '@rollup/plugin-commonjs'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import { transform } from 'esbuild'
import { rollup as bundle, VERSION, type Plugin } from 'rollup'
import type { Way } from './way.js'

/** Rollup minifies nothing by itself. */
const minify: Plugin = {
  name: 'minify',
  renderChunk: async (code) => (await transform(code, { minify: true, format: 'esm' })).code,
}

export const rollup: Way = {
  name: `Rollup ${VERSION}`,
  async build({ name, source, out }) {
    const warnings: string[] = []
    const result = await bundle({
      input: join(source, 'main.js'),
      // TensorFlow.js depends on packages in CommonJS; Neurite does not.
      plugins: [nodeResolve({ browser: true }), ...(name === 'engine' ? [commonjs()] : []), minify],
      onLog: (level, { message }) => {
        if (level === 'warn') warnings.push(message)
      },
    })
    await result.write({ dir: out, format: 'es' })
    await result.close()
    cpSync(join(source, 'index.html'), join(out, 'index.html'))
    return { warnings }
  },
}
