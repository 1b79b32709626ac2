import { createHash } from 'node:crypto'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Way } from './way.js'

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>
}

const NEURITE = ['core', 'backend-cpu', 'backend-tfjs', 'nn', 'losses', 'optimizers', 'files', 'data', 'train']

/** TensorFlow.js in one file each; its modules by themselves import packages that are in CommonJS. */
const TFJS = {
  '@tensorflow/tfjs-core': '/node_modules/@tensorflow/tfjs-core/dist/tf-core.fesm.min.js',
  '@tensorflow/tfjs-backend-webgl': '/node_modules/@tensorflow/tfjs-backend-webgl/dist/tf-backend-webgl.fesm.min.js',
}

/** No bundler: the page says where the packages are, and the browser loads their modules. */
export const importMap: Way = {
  name: 'an import map',
  build({ name, source, out, project }) {
    cpSync(source, out, { recursive: true })
    const imports = { ...neurite(project), ...(name === 'engine' ? TFJS : {}) }
    const map = JSON.stringify({ imports }, null, 2)
    const html = readFileSync(join(source, 'index.html'), 'utf8')
    writeFileSync(
      join(out, 'index.html'),
      html.replace('<script', `<script type="importmap">${map}</script>\n    <script`),
    )
    // Browsers load no import map from a file: a policy has to name this one.
    return Promise.resolve({ warnings: [], scripts: [`'sha256-${createHash('sha256').update(map).digest('base64')}'`] })
  },
}

/** Where each entry point is, as `exports` of the packages say. */
function neurite(project: string): Readonly<Record<string, string>> {
  const entries = NEURITE.flatMap((folder) => {
    const place = `node_modules/@neurite/${folder}`
    const { name, exports } = JSON.parse(readFileSync(join(project, place, 'package.json'), 'utf8')) as Manifest
    return Object.entries(exports).flatMap(([path, target]) =>
      typeof target === 'string' ? [] : [[name + path.slice(1), `/${place}${target.default.slice(1)}`] as const],
    )
  })
  return Object.fromEntries(entries)
}
