import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ENTRIES } from '../src/entries/index.js'

/** Entry points whose exports are tried nowhere here, each with the reason. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  '@neurite/core': 'operations, which the conformance suite and the tests of core try one by one',
  '@neurite/core/arguments': 'what reads options',
  '@neurite/core/functional': 'operations',
  '@neurite/backend-tfjs': 'tfjs() needs a device; its tests try its options',
  '@neurite/backend-tfjs/webgl': 'as tfjs()',
  '@neurite/backend-tfjs/webgpu': 'as tfjs()',
  '@neurite/backend-tfjs/wasm': 'as tfjs()',
  '@neurite/backend-wasm/shipped': 'it runs what shipWasm made; its tests try other texts',
  '@neurite/backend-wasm': 'wasm() needs WebAssembly; its tests try its options',
  '@neurite/backend-tfjs/cpu': 'as tfjs()',
  '@neurite/files': 'reads and writes bytes; its stores are tried as those of train',
  '@neurite/worker': 'connects threads; its tests try its options',
  '@neurite/worker/training': 'as @neurite/worker',
  '@neurite/cluster': 'speaks with databases and queues; its tests try its options',
  '@neurite/conformance': 'a suite of tests',
  '@neurite/conformance/vitest': 'a suite of tests',
}

const ROOT = new URL('../../../', import.meta.url)

/** Every entry point of every package, and its source. */
const SOURCES = readdirSync(new URL('packages', ROOT)).flatMap((folder) => {
  const { name, exports } = JSON.parse(readFileSync(new URL(`packages/${folder}/package.json`, ROOT), 'utf8')) as {
    readonly name: string
    readonly exports: Readonly<Record<string, string | { readonly '@neurite/source'?: string }>>
  }
  return Object.entries(exports).flatMap(([path, target]) =>
    typeof target === 'object' && target['@neurite/source'] !== undefined
      ? [{ entry: `${name}${path.slice(1)}`, source: `packages/${folder}${target['@neurite/source'].slice(1)}` }]
      : [],
  )
})

// The umbrella only passes on what others export.
const OWN = SOURCES.filter(({ entry }) => !/^neurite\b/.test(entry))

test('every entry point of every package is in a table, or is tried elsewhere', () => {
  const known = new Set(ENTRIES.map(({ source }) => source))
  expect(OWN.filter(({ source, entry }) => known.has(source) === Object.hasOwn(ELSEWHERE, entry))).toEqual([])
})

describe.each(ENTRIES)('$source', ({ exports, factories, others }) => {
  test('every export is a factory of the table, or is said to be none', () => {
    const named = [...Object.keys(factories), ...Object.values(others).flat()]
    expect(named.filter((name, i) => named.indexOf(name) !== i)).toEqual([])
    expect(named.sort()).toEqual(Object.keys(exports).sort())
  })
})
