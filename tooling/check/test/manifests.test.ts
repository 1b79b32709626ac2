import { readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { addressOf, publicPackages, readManifest, type Manifest } from '../src/packages.js'

const root = resolve(import.meta.dirname, '../../..')
const { repository } = readManifest(root)
const address = addressOf(repository)

const template = readFileSync(join(root, 'tooling/create-package/template/common/package.json.template'), 'utf8')
const manifests: [folder: string, manifest: Manifest][] = [
  ...publicPackages(root).map(({ folder, manifest }): [string, Manifest] => [basename(folder), manifest]),
  ['anew', JSON.parse(template.replaceAll(/\{\{\w+\}\}/g, 'anew')) as Manifest],
]

test.each(manifests)('%s says where it comes from', (folder, manifest) => {
  expect(address).toMatch(/^https:/)
  expect(manifest.repository).toEqual({ ...repository, directory: `packages/${folder}` })
  expect(manifest.homepage).toBe(`${address}/tree/main/packages/${folder}#readme`)
  expect(manifest.bugs).toBe(`${address}/issues`)
  expect(manifest.keywords).toEqual(expect.arrayContaining(['neural-network', 'machine-learning', 'typescript']))
})

test.each(manifests)(
  '%s is found without exports too: main, and an alias for each subpath',
  (_, { main, alias, exports = {} }) => {
    const modules = Object.entries(exports).flatMap(([path, target]) =>
      typeof target === 'string' ? [] : [[path, target['default']] as const],
    )
    const { '.': entry, ...subpaths } = Object.fromEntries(modules)
    expect(main).toBe(entry)
    expect(alias ?? {}).toEqual(subpaths)
  },
)
