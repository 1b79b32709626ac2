import asc from 'assemblyscript/asc'
import type { Plugin } from 'esbuild'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const OPTIONS = [
  ...['-O3', '--converge', '--runtime', 'stub', '--noAssert', '--enable', 'simd'],
  ...['--importMemory', '--initialMemory', '0', '--use', 'abort='],
]

/** For esbuild: `import bytes from '.../assembly/NAME.wasm'` compiles `NAME.as` there, which is AssemblyScript. */
export const assembly: Plugin = {
  name: 'assembly',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /\/assembly\/\w+\.wasm$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path.replace(/wasm$/, 'ts')),
      namespace: 'assembly',
    }))
    onLoad({ filter: /.*/, namespace: 'assembly' }, async ({ path }) => ({
      contents: await compile(path),
      loader: 'binary',
    }))
  },
}

/** A module of nothing but functions, which imports its memory. */
async function compile(entry: string): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined
  let messages = ''
  const { error } = await asc.main([entry, '--outFile', 'out.wasm', ...OPTIONS], {
    stderr: {
      write(chunk) {
        messages += String(chunk)
        return true
      },
    },
    // The compiler asks for .ts, which other tools would take for TypeScript.
    readFile(name) {
      const source = name.replace(/\.ts$/, '.as')
      return existsSync(source) ? readFileSync(source, 'utf8') : null
    },
    writeFile(_name, contents) {
      if (typeof contents !== 'string') bytes = contents
    },
  })
  if (error !== null || bytes === undefined) throw new Error(messages, { cause: error })
  return bytes
}
