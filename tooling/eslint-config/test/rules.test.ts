import { ESLint } from 'eslint'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../../..')

test.each([
  ['export const a = Math.random()\n', 'no-restricted-properties'],
  ['export const a = (1 as unknown) as string\n', 'no-restricted-syntax'],
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
