import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { QUIET } from './registry.js'
import { run } from './run.js'

/** For programs that are compiled without the DOM. */
const TYPES = '@types/node@20'

/** Installs tarballs into an empty project as a careful user does: from the lock file, offline, without scripts. Returns what of ours is there. */
export async function install(project: string, tarballs: readonly string[]): Promise<string[]> {
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true }))
  // Once for the lock file and npm's cache. A lock file without addresses cannot be used offline.
  const lock = ['--ignore-scripts', '--omit-lockfile-registry-resolved=false']
  await run(project, 'npm', 'install', ...QUIET, ...lock, ...tarballs, TYPES)
  refuseScripts(project)
  rmSync(join(project, 'node_modules'), { recursive: true })
  await run(project, 'npm', 'ci', ...QUIET, ...lock, '--offline')
  return ['neurite', ...readdirSync(join(project, 'node_modules/@neurite')).map((name) => `@neurite/${name}`)]
}

/**
 * What may be built when it is installed, because all works without it: msgpackr of BullMQ, which makes strings faster with it and is JavaScript otherwise.
 */
const OPTIONAL = ['msgpackr-extract']

/** Nothing that we depend on needs to run code when it is installed. */
function refuseScripts(project: string): void {
  const { packages } = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { hasInstallScript?: boolean; optional?: boolean }>
  }
  const scripts = Object.entries(packages).filter(
    ([path, { hasInstallScript, optional }]) =>
      hasInstallScript === true && !(optional === true && OPTIONAL.some((name) => path.endsWith(`/${name}`))),
  )
  if (scripts.length > 0) throw new Error(`these have an install script: ${scripts.map(([path]) => path).join(', ')}`)
}
