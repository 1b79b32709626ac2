import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { publicPackages } from '../src/packages.js'

const root = resolve(import.meta.dirname, '../../..')

// Those that load an ES module by require(), without a flag.
const NODES = '^20.19.0 || >=22.12.0'
const WORDS = 'Node 20.19, 22.12 or newer'

test('every package needs the same Node, and documents say which', () => {
  const folders = [root, ...publicPackages(root).map(({ folder }) => folder)]
  const manifests = [
    ...folders.map((folder) => join(folder, 'package.json')),
    join(root, 'tooling/create-package/template/common/package.json.template'),
  ]
  const others = manifests.filter((path) => !readFileSync(path, 'utf8').includes(`"node": "${NODES}"`))
  expect(others).toEqual([])
  for (const name of ['README.md', 'CONTRIBUTING.md']) expect(readFileSync(join(root, name), 'utf8')).toContain(WORDS)
})
