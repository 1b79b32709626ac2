import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

// TypeScript refuses a key that one language lacks. What it cannot see is here: keys that nobody says, and languages that differ in
// what they fill in.

const root = resolve(import.meta.dirname, '../src')
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((path) => join(root, path))
const sources = files.filter((path) => /\.tsx?$/.test(path) && !path.endsWith('messages.ts'))
const catalogues = files.filter((path) => path.endsWith('messages.ts'))

/** The texts of one language, as they stand in the file. */
function texts(path: string, language: 'ko' | 'en'): ReadonlyMap<string, string> {
  const source = readFileSync(path, 'utf8')
  const start = source.indexOf(`  ${language}: {`)
  const body = source.slice(start, source.indexOf('\n  },', start))
  const entry = /^ {4}(?:'([^']+)'|(\w+)):\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/gm
  return new Map(
    [...body.matchAll(entry)].map((found) => [found[1] ?? found[2]!, found[3] ?? found[4] ?? found[5] ?? '']),
  )
}

const placeholders = (text: string): string[] => (text.match(/\{\{?\w+\}?\}/g) ?? []).sort()

describe.each(catalogues.map((path) => [path.slice(root.length + 1), path] as const))('%s', (_, path) => {
  const [ko, en] = [texts(path, 'ko'), texts(path, 'en')]

  test('is read whole', () => {
    expect(ko.size).toBeGreaterThan(3)
    expect([...ko.keys()].sort()).toEqual([...en.keys()].sort())
  })

  test('both languages fill in the same', () => {
    for (const [key, text] of ko) expect([key, placeholders(text)]).toEqual([key, placeholders(en.get(key)!)])
  })

  test('Korean is Korean, and English is English', () => {
    for (const [key, text] of en)
      if (key !== 'language') expect([key, /[\uac00-\ud7a3]/.test(text)]).toEqual([key, false])
    const sentences = [...ko].filter(
      ([, text]) =>
        text
          .replace(/\{\{?\w+\}?\}/g, '')
          .trim()
          .split(/\s+/).length > 3,
    )
    for (const [key, text] of sentences) expect([key, /[\uac00-\ud7a3]/.test(text)]).toEqual([key, true])
  })

  test('every message is said somewhere', () => {
    const own = path.includes('labs') ? sources.filter((source) => source.startsWith(dirname(path))) : sources
    const code = own.map((source) => readFileSync(source, 'utf8')).join('\n')
    const families = [...code.matchAll(/`([\w.-]+\.)\$\{/g)].map(([, prefix]) => prefix!)
    const said = (key: string): boolean =>
      code.includes(`'${key}'`) || families.some((prefix) => key.startsWith(prefix) && key.length > prefix.length)
    expect([...ko.keys()].filter((key) => !said(key))).toEqual([])
  })
})
