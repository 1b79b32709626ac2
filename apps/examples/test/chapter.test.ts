import * as core from '@neurite/core'
import * as data from '@neurite/data'
import * as datasets from '@neurite/datasets'
import * as explain from '@neurite/explain'
import * as io from '@neurite/io'
import * as losses from '@neurite/losses'
import * as nn from '@neurite/nn'
import * as initializers from '@neurite/nn/initializers'
import * as optimizers from '@neurite/optimizers'
import * as search from '@neurite/search'
import * as terminal from '@neurite/terminal'
import * as train from '@neurite/train'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { NAMES } from '../src/names.js'

const PACKAGES: Readonly<Record<string, object>> = {
  core,
  data,
  datasets,
  explain,
  io,
  losses,
  nn,
  'nn/initializers': initializers,
  optimizers,
  search,
  terminal,
  train,
}

const CHAPTER = new URL('../../../docs/chapter.md', import.meta.url)
const README = new URL('../README.md', import.meta.url)

/** The rows of the tables, cell by cell, without heads; `\|` is no border. */
function rowsOf(markdown: string): string[][] {
  const lines = markdown.split('\n').filter((line) => line.startsWith('| '))
  return lines
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .map((cells) => cells.slice(1, -1))
    .filter((cells, i) => !cells[0]?.startsWith('---') && !lines[i + 1]?.startsWith('| ---'))
}

/** The links of a text: their words and the files they lead to. */
function linksOf(markdown: string, from: URL): { words: string; target: URL }[] {
  const links = markdown.matchAll(/\[((?:`[^`]*`|[^\]`])+)\]\(([^)\s]+)\)/g)
  return [...links]
    .filter(([, , target]) => !target!.startsWith('http'))
    .map(([, words, target]) => ({
      words: words!.replace(/^`|`$/g, '').replaceAll('\\|', '|'),
      target: new URL(target!, from),
    }))
}

const chapter = readFileSync(CHAPTER, 'utf8')
const rows = rowsOf(chapter)

test('the chapter has a row for each of its sections', () => {
  for (const section of ['4.1', '4.2', '4.2.4', '4.3', '4.3.1', '4.3.2', '4.3.3', '4.3.4', '4.4', '4.5'])
    expect(chapter).toMatch(new RegExp(`^##+ ${section.replaceAll('.', '\\.')} .+ · .+$`, 'm'))
  expect(rows.length).toBeGreaterThan(50)
  for (const cells of rows) expect(cells).toHaveLength(5)
})

test.each([
  ['docs/chapter.md', CHAPTER],
  ['README.md', README],
])('every file that %s links to is there', (_, file) => {
  const links = linksOf(readFileSync(file, 'utf8'), file)
  expect(links.length).toBeGreaterThan(8)
  expect(links.map(({ target }) => target.pathname).filter((path) => !existsSync(path))).toEqual([])
})

describe('docs/chapter.md names', () => {
  test('functions that the package before them exports', () => {
    const wrong: string[] = []
    for (const [concept, , functions] of rows) {
      const groups = [...functions!.matchAll(/\[([\w/]+)\]\(\.\.\/packages\/(\w+)\): (`\w+`(?:, `\w+`)*)/g)]
      const named = groups.flatMap(([, name, folder, list]) => {
        if (name!.split('/')[0] !== folder) wrong.push(`${name} leads to ${folder}`)
        return [...list!.matchAll(/`(\w+)`/g)].map(([, word]) => ({ name: name!, word: word! }))
      })
      // Every name in the cell stands behind a package, and there is one at least.
      if (named.length === 0 || named.length !== functions!.match(/`/g)!.length / 2)
        wrong.push(`${concept}: ${functions}`)
      for (const { name, word } of named) if (!(word in (PACKAGES[name] ?? {}))) wrong.push(`${name}.${word}`)
    }
    expect(wrong).toEqual([])
  })

  test('tests by their names', () => {
    const wrong: string[] = []
    for (const [concept, , , tests] of rows) {
      const links = linksOf(tests!, CHAPTER)
      if (links.length === 0) wrong.push(`${concept}: no test`)
      for (const { words, target } of links) {
        const names = readFileSync(target, 'utf8')
          .split('\n')
          .filter((line) => /^\s*(test|describe)\b|^\s*['"`]/.test(line))
        if (!names.some((line) => line.includes(words))) wrong.push(`${words} is not in ${target.pathname}`)
      }
    }
    expect(wrong).toEqual([])
  })
})

test('README.md has a row for each example', () => {
  const names = rowsOf(readFileSync(README, 'utf8')).map(([name]) => /^\[([\w-]+)\]/.exec(name!)?.[1])
  expect(names).toEqual([...NAMES])
})
