import { expect, test } from 'vitest'
import { runSteps } from '../src/run-steps.js'
import { command, fromProblems, type Step } from '../src/step.js'

const context = { root: process.cwd(), update: false }

test('each step is one line, and a failing one shows its output', async () => {
  let text = ''
  const steps: Step[] = [
    { name: 'good', run: async () => fromProblems([], '3 things') },
    { name: 'bad', run: async () => fromProblems(['first', 'second']) },
    { name: 'thrown', run: async () => Promise.reject(new Error('broken')) },
  ]
  const outcome = await runSteps(steps, context, (part) => {
    text += part
  })
  expect(outcome).toMatchObject({ passed: 1, failed: 2 })
  expect(text).toMatch(
    /^✓ good +\d+\.\d s {2}3 things\n✗ bad +\d+\.\d s\n {4}first\n {4}second\n✗ thrown .*\n {4}Error: broken/,
  )
})

test.each([
  ['a program that ends well', ['process.exit(0)'], true],
  ['a program that ends badly', ['console.error("why"); process.exit(3)'], false],
])('%s', async (_, [code = ''], ok) => {
  expect((await command('x', process.execPath, '-e', code).run(context)).ok).toBe(ok)
})

test('a program that does not exist is a failed step, not a crash', async () => {
  expect(await command('x', 'no-such-program').run(context)).toMatchObject({ ok: false })
})
