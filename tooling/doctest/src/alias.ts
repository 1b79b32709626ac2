import { sourceEntries } from './workspace.js'

/** Vite aliases that lead every import of a workspace package to its source: fences may import any, whoever owns the document. */
export function fenceAlias(root: string): { find: RegExp; replacement: string }[] {
  return sourceEntries(root).map(({ specifier, path }) => ({
    find: new RegExp(`^${specifier.replaceAll('.', '\\.').replace('*', '(.*)')}$`),
    replacement: path.replace('*', '$1'),
  }))
}
