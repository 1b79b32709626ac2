import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { build, version } from 'esbuild'
import type { Way } from './way.js'

export const esbuild: Way = {
  name: `esbuild ${version}`,
  async build({ source, out }) {
    const { warnings } = await build({
      entryPoints: [join(source, 'main.js')],
      bundle: true,
      minify: true,
      format: 'esm',
      outfile: join(out, 'main.js'),
      logLevel: 'silent',
    })
    cpSync(join(source, 'index.html'), join(out, 'index.html'))
    return { warnings: warnings.map(({ text }) => text) }
  },
}
