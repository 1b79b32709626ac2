import { describe, expect, test } from 'vitest'
import { collectTests, conformance, type CollectedTest } from '../src/index.js'
import type { Backend } from '@neurite/core'
import { reference } from './support/reference-backend.js'
import { compiling, looping } from './support/compiling.js'
import { mutants } from './support/mutants.js'

const ROOT = 'conformance of x'
const pathOf = ({ path, name }: CollectedTest): string => [...path, name].join(' > ').replace(`${ROOT} > `, '')

/** The tests that fail on a backend, with their messages; only those that the filter takes. */
async function failures(
  create: () => Backend,
  filter: (path: string) => boolean,
  runs = 12,
): Promise<Map<string, string>> {
  const tests = collectTests((runner) => conformance({ name: 'x', create, runner, runs }))
  const failed = new Map<string, string>()
  for (const each of tests.filter((one) => filter(pathOf(one)))) {
    await each
      .run()
      .catch((error: unknown) => failed.set(pathOf(each), error instanceof Error ? error.message : String(error)))
  }
  return failed
}

const LONG = ['large and odd sizes', 'accuracy of long sums']
const groupOf = (path: string): string => path.split(' > ')[0]!

describe('a mutant is caught by name', () => {
  for (const { name, caughtBy, create } of mutants) {
    test(name, async () => {
      // The whole group runs, so that a test which would fail for any backend shows itself as well; unless it takes long.
      const failed = await failures(create, (path) =>
        LONG.includes(groupOf(caughtBy)) ? path === caughtBy : groupOf(path) === groupOf(caughtBy),
      )
      expect([...failed.keys()]).toContain(caughtBy)
      expect(failed.get(caughtBy)).not.toBe('')
    })
  }
})

test('every mutant has a name of its own', () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
})

test.each([
  ['a compiler', compiling],
  ['a compiler that loops', looping],
])('a backend with %s passes', async (_, make) => {
  expect([
    ...(await failures(
      () => make(reference() as Backend),
      (path) => /programs|loops|throw|determinism|lifetimes|trainings/.test(path),
    )),
  ]).toEqual([])
})
