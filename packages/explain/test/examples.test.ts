import { readFileSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => void vi.restoreAllMocks())

test.each(['trace-backprop', 'chapter-4.3.4'])('examples/%s.ts prints what examples/%s.txt says', async (name) => {
  const lines: string[] = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
  await import(`../examples/${name}.ts`)
  expect(`${lines.join('\n')}\n`).toBe(readFileSync(new URL(`../examples/${name}.txt`, import.meta.url), 'utf8'))
})
