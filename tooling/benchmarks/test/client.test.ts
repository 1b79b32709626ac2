import { expect, test } from 'vitest'
import { connect } from '../src/harness/client.js'

const node = (code: string) => connect({ file: process.execPath, args: ['-e', code] })

test('a program that is not there is absent', async () => {
  const client = connect({ file: '/no/such/python', args: [] })
  expect(await client.ask({ op: 'describe' })).toEqual({ absent: 'there is no /no/such/python' })
  await client.stop()
})

test('a process that dies says how, then and later', async () => {
  const client = node('process.stdin.once("data", () => { console.error("first\\nlast words"); process.exit(3) })')
  const reply = { error: 'the process ended (3): last words' }
  expect(await client.ask({ op: 'describe' })).toEqual(reply)
  expect(await client.ask({ op: 'run', count: 1 })).toEqual(reply)
})

test('stop ends a process that would run on', async () => {
  const client = node('setInterval(() => undefined, 1000)')
  await client.stop()
  expect(await client.ask({ op: 'close' })).toMatchObject({ error: expect.stringContaining('SIGTERM') as string })
})
