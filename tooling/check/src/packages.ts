import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly description?: string
  readonly keywords?: readonly string[]
  readonly homepage?: string
  readonly bugs?: string
  readonly repository?: Repository
  readonly private?: boolean
  readonly files?: readonly string[]
  readonly main?: string
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  /** Parcel's: where its resolver, which reads `exports` only when told so, finds subpaths. */
  readonly alias?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly scripts?: Readonly<Record<string, string>>
}

export interface Repository {
  readonly type: string
  readonly url: string
  readonly directory?: string
}

/** A package, app or tool of the workspace. */
export interface Unit {
  readonly folder: string
  readonly manifest: Manifest
}

/** Everything under the given folders that has a package.json, in alphabetical order. */
export function unitsOf(root: string, kinds: readonly string[] = ['packages', 'apps', 'tooling']): Unit[] {
  return kinds.flatMap((kind) => {
    const parent = join(root, kind)
    if (!existsSync(parent)) return []
    return readdirSync(parent)
      .sort()
      .map((name) => join(parent, name))
      .filter((folder) => existsSync(join(folder, 'package.json')))
      .map((folder) => ({
        folder,
        manifest: readManifest(folder),
      }))
  })
}

/** What is published. */
export function publicPackages(root: string): Unit[] {
  return unitsOf(root, ['packages']).filter(({ manifest }) => manifest.private !== true)
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

/** The repository's address on the web; empty where a manifest names none. */
export function addressOf(repository: Repository | undefined): string {
  return (repository?.url ?? '').replace(/^git\+|\.git$/g, '')
}
