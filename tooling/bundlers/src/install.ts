import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

/** Of TensorFlow.js, a page installs what it uses: the core and one engine. Parcel wants the globals of Node that tfjs asks for there alone. */
const TFJS = [
  '@tensorflow/tfjs-core@4.22.0',
  '@tensorflow/tfjs-backend-webgl@4.22.0',
  'process@0.11.10',
  'buffer@6.0.3',
]

/** An empty project with the packed tarballs of a folder installed by npm, as a user has them. */
export async function install(tarballs: string): Promise<string> {
  const project = realpathSync(mkdtempSync(join(tmpdir(), 'neurite-bundlers-')))
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'pages', private: true }))
  // What runs on Node alone is in no page.
  const files = readdirSync(tarballs)
    .filter((name) => !name.startsWith('neurite-cluster-'))
    .map((name) => resolve(tarballs, name))
  const options = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', '--loglevel=error']
  await promisify(execFile)('npm', ['install', ...options, ...files, ...TFJS], { cwd: project })
  return project
}
