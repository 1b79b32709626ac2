import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { mutantsOf, sample } from '../src/mutants.js'

const folder = mkdtempSync(join(tmpdir(), 'mutate-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('a mutant is a place and a text; the same seed draws the same', async () => {
  const text =
    "// è\nexport const larger = (a: number, b: number) => {\n  if (a > b) return a + b\n  throw new Error('no')\n}\n"
  writeFileSync(join(folder, 'a.ts'), text)
  const mutants = await mutantsOf(folder)
  const changed = mutants.map(({ from, to, replacement }) => text.slice(0, from) + replacement + text.slice(to))
  expect(changed).toContain(text.replace('a > b', 'a >= b'))
  expect(changed).toContain(text.replace('a + b', 'a - b'))
  // Messages are left alone, and so is the file.
  expect(mutants.filter(({ kind }) => kind === 'StringLiteral')).toEqual([])
  expect(readFileSync(join(folder, 'a.ts'), 'utf8')).toBe(text)

  expect(sample(mutants, folder, 3, 1)).toEqual(sample([...mutants].reverse(), folder, 3, 1))
  expect(sample(mutants, folder, 3, 1)).not.toEqual(sample(mutants, folder, 3, 2))
  expect(new Set(sample(mutants, folder, 1000, 1))).toEqual(new Set(mutants))
})

test('another checkout draws the same', async () => {
  const text = 'export const larger = (a: number, b: number) => (a > b && a >= 0 ? a + b : a - b)\n'
  const drawn = async (name: string): Promise<string[]> => {
    const place = join(folder, name)
    mkdirSync(place)
    writeFileSync(join(place, 'a.ts'), text)
    return sample(await mutantsOf(place), place, 5, 1).map(({ from, replacement }) => `${from} ${replacement}`)
  }
  expect(await drawn('here')).toEqual(await drawn('there'))
})
