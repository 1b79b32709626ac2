import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { run } from './run.js'

const CACHE = resolve(import.meta.dirname, '../.generated')

/** Where a package of the npm registry lies, installed once, alone and without its scripts. */
export async function fromRegistry(name: string, version: string): Promise<string> {
  const folder = join(CACHE, `${name.replaceAll('/', '+')}-${version}`)
  const installed = join(folder, 'node_modules', name)
  if (!existsSync(join(folder, 'complete'))) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
    await run(folder, 'npm', 'install', ...QUIET, '--ignore-scripts', `${name}@${version}`)
    writeFileSync(join(folder, 'complete'), '')
  }
  return installed
}

/** What every npm of this program is told. */
export const QUIET = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'] as const
