import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { LABS } from '../src/labs/registry.js'

const folders = readdirSync(resolve(import.meta.dirname, '../src/labs'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

test('every folder of labs is one of the registry, with a card of its own', () => {
  expect(LABS.map(({ id }) => id).sort()).toEqual(folders.sort())
  for (const { section, title, load } of LABS) {
    expect(section).toMatch(/^4\.\d/)
    expect(title.ko).toMatch(/[\uac00-\ud7a3]/)
    expect(title.en).not.toMatch(/[\uac00-\ud7a3]/)
    expect(load).toBeTypeOf('function')
  }
  expect(new Set(LABS.map(({ title }) => title.en)).size).toBe(LABS.length)
})
