import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { publicPackages } from '../src/packages.js'
import { scriptProblems, sizeProblems } from '../src/steps/tarballs.js'
import { TARBALL_BUDGETS } from '../src/tarball-budgets.js'

test('each package that is published has a budget, and nothing else has', () => {
  const names = publicPackages(resolve(import.meta.dirname, '../../..')).map(({ manifest }) => manifest.name)
  expect(Object.keys(TARBALL_BUDGETS).sort()).toEqual([...names].sort())
})

test('a tarball is refused when it is too large, packed or unpacked, or has no budget', () => {
  const zeros = gzipSync(new Uint8Array(3_000_000))
  expect(sizeProblems('core', zeros, { packed: 10, unpacked: 3000 })).toEqual([])
  expect(sizeProblems('core', zeros, { packed: 10, unpacked: 700 })).toEqual(['core: 3000 kB unpacked, more than 700'])
  expect(sizeProblems('core', zeros, { packed: 1, unpacked: 3000 })).toEqual([
    expect.stringContaining('packed, more than 1'),
  ])
  expect(sizeProblems('core', zeros, undefined)).toHaveLength(1)
})

test('a script that runs at installation is refused, others are not', () => {
  for (const script of ['preinstall', 'install', 'postinstall'])
    expect(scriptProblems('core', { build: 'tsup', [script]: 'node steal.js' })).toHaveLength(1)
  expect(scriptProblems('core', { build: 'tsup', prepare: 'x' })).toEqual([])
  expect(scriptProblems('core')).toEqual([])
})
