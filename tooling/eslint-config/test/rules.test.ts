import { ESLint } from 'eslint'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../../..')

test.each([
  ['export const a = Math.random()\n', 'no-restricted-properties'],
  ['export const a = (1 as unknown) as string\n', 'no-restricted-syntax'],
  ['export const a = (x: number) => 10 ** x\n', 'no-restricted-syntax'],
  ['export const a = (x: number) => Math.pow(x, 2)\n', 'no-restricted-syntax'],
  ['export const a: any = 1\n', '@typescript-eslint/no-explicit-any'],
  ["console.log('a')\nexport {}\n", 'no-console'],
  ['// TODO later\nexport {}\n', 'no-warning-comments'],
  ["// eslint-disable-next-line no-console\nconsole.log('a')\nexport {}\n", 'neurite/reasoned-disables'],
  ['Promise.resolve(1)\nexport {}\n', '@typescript-eslint/no-floating-promises'],
  ['// @ts-ignore\nexport const a = 1\n', '@typescript-eslint/ban-ts-comment'],
])('%j breaks %s', async (code, rule) => {
  const eslint = new ESLint({ cwd: root })
  const results = await eslint.lintText(code, { filePath: resolve(root, 'packages/core/src/index.ts') })
  expect(results.flatMap((result) => result.messages).map(({ ruleId }) => ruleId)).toContain(rule)
})

test.each([
  ["import { add } from '../ops/index.js'\nexport const a = add(1, 2)\n", true],
  ["import * as ops from '../ops/index.js'\nexport const a = [ops.add(1, 2)]\n", true],
  ["import { apply } from '../apply.js'\nexport const a = apply\n", false],
  ["import * as ops from '../ops/index.js'\nexport const a = () => ops.add(1, 2)\n", false],
  ["import { rule } from './rule.js'\nexport const a = rule(1)\n", false],
])('%j calls an operation while primitive/ is loading: %s', async (code, breaks) => {
  const eslint = new ESLint({ cwd: root })
  const results = await eslint.lintText(code, { filePath: resolve(root, 'packages/core/src/primitive/index.ts') })
  const found = results.flatMap((result) => result.messages).map(({ ruleId }) => ruleId)
  expect(found.includes('neurite/no-call-while-loading')).toBe(breaks)
})
