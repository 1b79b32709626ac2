import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { publicPackages, type Unit } from './packages.js'
import { execute } from './step.js'

export interface Tarball extends Unit {
  readonly tarball: string
}

let packed: Promise<Tarball[]> | undefined

/** Where the tarballs lie once packed. */
export function tarballFolder(root: string): string {
  return join(root, 'tooling/check/.generated/tarballs')
}

/** Packs every public package as it would be published, once in a run. They must be built. */
export function packAll(root: string): Promise<Tarball[]> {
  packed ??= pack(root, tarballFolder(root))
  return packed
}

async function pack(root: string, destination: string): Promise<Tarball[]> {
  rmSync(destination, { recursive: true, force: true })
  mkdirSync(destination, { recursive: true })
  const tarballs: Tarball[] = []
  for (const unit of publicPackages(root)) {
    const before = new Set(readdirSync(destination))
    const { ok, output } = await execute(unit.folder, 'pnpm', 'pack', '--pack-destination', destination)
    const file = readdirSync(destination).find((name) => !before.has(name))
    if (!ok || file === undefined) throw new Error(`${unit.manifest.name} cannot be packed:\n${output}`)
    tarballs.push({ ...unit, tarball: join(destination, file) })
  }
  return tarballs
}
