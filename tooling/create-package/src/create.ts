import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

export type Kind = 'package' | 'backend'

export interface CreateOptions {
  /** The name without `@neurite/`; a backend's begins with `backend-`. */
  readonly name: string
  readonly kind: Kind
  /** The folder that gets the new folder. */
  readonly parent: string
}

/** A mistake in the command line: told without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

// Its files end in .template, so that no tool takes them for code of this package.
const TEMPLATES = resolve(import.meta.dirname, '../template')

/**
 * Writes a package that passes every check; a backend compiles, and fails conformance with the list of kernels to write.
 * Returns its folder.
 */
export function createPackage({ name, kind, parent }: CreateOptions): string {
  checkName(name, kind)
  const folder = join(parent, name)
  if (existsSync(folder)) throw new UsageError(`${folder} exists already: choose another name, or remove it first.`)
  const factory = camelCase(name.replace(/^backend-/, ''))
  const values: Readonly<Record<string, string>> = {
    name,
    factory,
    helper: kind === 'backend' ? 'conformance' : 'backend-cpu',
    description: kind === 'backend' ? `The ${factory} backend of Neurite.` : `${name} of Neurite.`,
  }
  for (const part of ['common', kind]) {
    for (const path of filesIn(join(TEMPLATES, part))) {
      const text = readFileSync(path, 'utf8').replaceAll(/\{\{(\w+)\}\}/g, (_, key: string) => values[key] ?? '')
      write(join(folder, relative(join(TEMPLATES, part), path).replace(/\.template$/, '')), text)
    }
  }
  return folder
}

function checkName(name: string, kind: Kind): void {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new UsageError(`a package is named in lower case, words joined by '-', not '${name}'.`)
  }
  if ((kind === 'backend') !== name.startsWith('backend-')) {
    throw new UsageError(`the names of backends, and no others, begin with 'backend-'; got '${name}' of kind ${kind}.`)
  }
}

function camelCase(name: string): string {
  return name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
