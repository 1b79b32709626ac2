import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import type { Unit } from './packages.js'

/**
 * Links of a document that lead nowhere, with what is wrong. Those to files of the repository by its address count too; what stands in code is no link.
 *
 * @param repository - its address on the web
 */
export function deadLinks(root: string, path: string, repository: string): string[] {
  return linksOf(path)
    .filter((link) => {
      const inside = link.startsWith(`${repository}/`)
        ? /^\/(?:tree|blob)\/main\/(.+)$/.exec(link.slice(repository.length))
        : null
      if (inside !== null) return !existsSync(join(root, inside[1]!.replace(/#.*/, '')))
      return !/^(\w+:|#)/.test(link) && !existsSync(resolve(dirname(path), link.replace(/#.*/, '')))
    })
    .map((link) => `links to ${link}, which does not exist`)
}

/** Links of a package's README that lead out of its tarball, where there is no other package beside it. */
export function linksOut({ folder, manifest }: Unit, repository: string): string[] {
  const packed = ['README.md', 'LICENSE', 'package.json', ...(manifest.files ?? [])]
  const path = join(folder, 'README.md')
  if (!existsSync(path)) return []
  return linksOf(path)
    .filter((link) => !/^(\w+:|#)/.test(link))
    .filter((link) => !packed.includes(relative(folder, resolve(folder, link)).split('/')[0]!))
    .map((link) => `links to ${link}, which is not in the tarball: write ${repository}/blob/main/...`)
}

/** Where inline links and link definitions lead. */
function linksOf(path: string): string[] {
  const text = readFileSync(path, 'utf8').replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, '')
  const links = text.matchAll(/\]\(([^)\s]+)[^)]*\)|^\[[^\]\n]+\]: (\S+)/gm)
  return [...links].map(([, inline, defined]) => inline ?? defined!)
}
