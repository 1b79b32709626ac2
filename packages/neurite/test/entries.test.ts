import { readdirSync, readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { expect, test } from 'vitest'

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, string | object>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

const packages = resolve(import.meta.dirname, '../..')
const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(resolve(packages, folder, 'package.json'), 'utf8')) as Manifest

/** What speaks with databases runs on Node alone: a page cannot have it, and who has it installs it by its name. */
const NODE_ALONE = ['@neurite/cluster']

const umbrella = manifestOf('neurite')
const others = readdirSync(packages)
  .map(manifestOf)
  .filter(({ name }) => name !== umbrella.name && !NODE_ALONE.includes(name))

/** The modules of a package; what its `exports` name as a file by a plain path is data. */
const modulesOf = ({ exports }: Manifest) => Object.keys(exports).filter((path) => typeof exports[path] === 'object')

test('each module of each package is here under the same path, and passed on whole', () => {
  const paths = others.flatMap((manifest) =>
    modulesOf(manifest).map((path) => `${basename(manifest.name)}${path.slice(1)}`),
  )
  expect(paths).toContain('nn/initializers')
  const expected = paths.map((path) => [
    `./${path}`,
    { '@neurite/source': `./src/${path}.ts`, types: `./dist/${path}.d.ts`, default: `./dist/${path}.js` },
  ])
  const { '.': main, './package.json': manifest, ...subpaths } = umbrella.exports
  expect([main, manifest]).not.toContain(undefined)
  expect(subpaths).toEqual(Object.fromEntries(expected))
  for (const path of paths)
    expect(readFileSync(resolve(packages, `neurite/src/${path}.ts`), 'utf8')).toBe(`export * from '@neurite/${path}'\n`)
})

test('every package comes along, but the one that needs TensorFlow.js, and what runs on Node alone', () => {
  const { dependencies, peerDependencies, peerDependenciesMeta } = umbrella
  const optional = ['@neurite/backend-tfjs']
  expect(Object.keys(dependencies!)).toEqual(others.map(({ name }) => name).filter((name) => !optional.includes(name)))
  expect(Object.keys(peerDependencies!)).toEqual(optional)
  expect(peerDependenciesMeta).toEqual({ '@neurite/backend-tfjs': { optional: true } })
})
