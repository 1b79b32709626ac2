import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { declarationsOf } from '../src/declared.js'
import { ENTRIES } from '../src/entries/index.js'

// What takes no options refuses them, so that none passes silently: `relu(x, { negativeSlope: 0.1 })`. Such a function ends its parameters with
// `...none: readonly []`. The factories of the tables are tried in every-factory.test.ts; here is the rest.

const ROOT = new URL('../../../', import.meta.url)
const OPERATIONS = 'packages/core/src/ops/index.ts'

const sources = readdirSync(new URL('packages', ROOT))
  .filter((folder) => folder !== 'neurite' && folder !== 'conformance')
  .flatMap((folder) => {
    const { exports } = JSON.parse(readFileSync(new URL(`packages/${folder}/package.json`, ROOT), 'utf8')) as {
      readonly exports: Readonly<Record<string, string | { readonly '@neurite/source'?: string }>>
    }
    return Object.values(exports).flatMap((target) =>
      typeof target === 'object' && target['@neurite/source'] !== undefined
        ? [`packages/${folder}${target['@neurite/source'].slice(1)}`]
        : [],
    )
  })
const declared = declarationsOf([...sources, OPERATIONS])
const tried = new Set(ENTRIES.flatMap(({ source, factories }) => Object.keys(factories).map((name) => source + name)))

/** Functions that take no options, with how many arguments they have. */
const cases = sources.flatMap((source) =>
  [...declared.get(source)!].flatMap(([name, signatures]) => {
    const before = signatures.find((signature) => signature.at(-1)?.name === 'none')?.length
    return before === undefined || tried.has(source + name) ? [] : [{ source, name, given: before - 1 }]
  }),
)

test('every operation takes options, or refuses them', () => {
  const open = [...declared.get(OPERATIONS)!].filter(([, signatures]) =>
    signatures.some((signature) => !signature.some(({ name }) => name === 'options' || name === 'none')),
  )
  expect(open.map(([name]) => name)).toEqual([])
})

describe.each(cases)('$source $name', ({ source, name, given }) => {
  test('refuses options: it takes none', async () => {
    const module = (await import(new URL(source, ROOT).href)) as Readonly<
      Record<string, (...given: unknown[]) => unknown>
    >
    const call = async (): Promise<unknown> => module[name]!(...Array.from({ length: given }), { zzz: 1 })
    await expect(call()).rejects.toMatchObject({
      code: 'UNKNOWN_OPTION',
      message: expect.stringMatching(new RegExp(`^${name}: unknown option 'zzz'; it takes none`)) as string,
    })
  })
})

test('an index, as map brings one, is no option', async () => {
  const { relu, tensor } = await import('@neurite/core')
  await import('../src/backend.js')
  const [y] = [tensor([-1, 2])].map(relu)
  expect(await y!.toArray()).toEqual([0, 2])
})
