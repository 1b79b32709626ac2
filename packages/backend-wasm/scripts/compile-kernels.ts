import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

/** Of the module of kernels: nothing but functions, so that it can be loaded beside any memory content, and several times. */
const OPTIONS = [
  ...['-O3', '--converge', '--runtime', 'stub', '--noAssert', '--enable', 'simd'],
  ...['--importMemory', '--initialMemory', '0', '--use', 'abort='],
]

/**
 * The module of kernels, compiled from assembly/.
 *
 * @param options - of asc besides, as `['--textFile', 'kernels.wat']`
 */
export async function compileKernels(options: readonly string[] = []): Promise<Uint8Array> {
  const entry = fileURLToPath(new URL('../assembly/index.ts', import.meta.url))
  let bytes: Uint8Array | undefined
  let messages = ''
  const { error } = await asc.main([entry, '--outFile', 'kernels.wasm', ...OPTIONS, ...options], {
    stderr: {
      write: (chunk) => {
        messages += String(chunk)
        return true
      },
    },
    // Sources end in .as: tools that know TypeScript stumble over what AssemblyScript adds. The compiler asks for .ts.
    readFile: (name) => {
      const source = name.replace(/\.ts$/, '.as')
      return existsSync(source) ? readFileSync(source, 'utf8') : null
    },
    writeFile: (_name, contents) => {
      if (typeof contents !== 'string') bytes = contents
    },
  })
  if (error !== null || bytes === undefined) throw new Error(messages, { cause: error })
  return bytes
}
