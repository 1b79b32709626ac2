import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Where an import of a workspace package leads when it is read from source. */
export interface SourceEntry {
  /** The import specifier, with at most one `*`. */
  readonly specifier: string
  /** The absolute path, with the same `*`. */
  readonly path: string
}

type ExportTarget = string | Readonly<Record<string, string>>

/** The public entries of every package under `packages/`, as `exports` names them under the `@neurite/source` condition. */
export function sourceEntries(root: string): SourceEntry[] {
  return foldersIn(join(root, 'packages')).flatMap((folder) => {
    const manifestPath = join(folder, 'package.json')
    if (!existsSync(manifestPath)) return []
    const manifest = JSON.parse(readFileSync(manifestPath, 'utf8')) as {
      name: string
      exports?: Record<string, ExportTarget>
    }
    return Object.entries(manifest.exports ?? {}).flatMap(([subpath, target]) => {
      const file = typeof target === 'string' ? target : target['@neurite/source']
      return file === undefined ? [] : [{ specifier: manifest.name + subpath.slice(1), path: join(folder, file) }]
    })
  })
}

/** Every file whose fences are tests, relative to the root: documents first, then sources with docstrings. */
export function documentedFiles(root: string): string[] {
  const units = ['packages', 'apps', 'tooling'].flatMap((kind) => foldersIn(join(root, kind)))
  const documents = [
    ...filesIn(root, '.md', false),
    ...filesIn(join(root, 'docs'), '.md'),
    ...units.flatMap((folder) => [...filesIn(folder, '.md', false), ...filesIn(join(folder, 'docs'), '.md')]),
  ]
  const sources = foldersIn(join(root, 'packages')).flatMap((folder) => filesIn(join(folder, 'src'), '.ts'))
  return [...documents, ...sources].map((path) => relative(root, path))
}

function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name))
    .sort()
}

function filesIn(folder: string, extension: string, recursive = true): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true, recursive })
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}
