import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.js'

/** The newest Node the packages are tried on; the oldest is the one that runs this. */
const VERSION = '22.23.3'

/**
 * The path of a newer Node, downloaded once from the npm registry, where Node is published as a package for each platform.
 * Undefined where there is no such package.
 */
export async function newerNode(cache: string): Promise<string | undefined> {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) return undefined
  const name = `node-linux-${process.arch}`
  const folder = join(cache, `node-${VERSION}`)
  const binary = join(folder, 'node_modules', name, 'bin/node')
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
    await run(
      folder,
      'npm',
      'install',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      '--loglevel=error',
      `${name}@${VERSION}`,
    )
  }
  return binary
}
