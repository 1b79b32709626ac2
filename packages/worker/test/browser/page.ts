import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'
import { fit } from '@neurite/train'
import { connect, transferring } from '../../src/index.js'
import { connectTraining } from '../../src/training/index.js'
import type { Tasks } from '../channel/tasks.js'
import { trained } from './trained.js'

// The page of worker.browser.ts: each function is one thing to see in Web Workers.

setDefaultBackend(cpu())

const open = (name = 'worker') =>
  connect<Tasks>(new Worker(`/${name}.js`, { type: 'module' }), { address: `${name}.js` })

interface Told {
  readonly code?: string
  readonly message: string
}

async function failure(work: Promise<unknown>): Promise<Told> {
  try {
    await work
  } catch (error) {
    const { code, message } = error as Told
    return { ...(code !== undefined && { code }), message }
  }
  return { message: 'nothing was thrown' }
}

const seen = {
  async calls() {
    using remote = open()
    const values = new Float32Array([1, 2, 3])
    const sum = await remote.call('sum', { values })
    const moved = await remote.call('sum', transferring({ values }))
    const filled = await remote.call('fill', { length: 3, moved: true })
    return { sum, moved, left: values.length, filled: [...filled.values] }
  },
  async streams() {
    using remote = open()
    const { closed } = await remote.call('seen')
    const events: number[] = []
    for await (const event of remote.stream('count', { to: 100 })) if (events.push(event) === 3) break
    const after = await remote.call('seen')
    return { events, made: after.made, closed: after.closed - closed }
  },
  async abort() {
    using remote = open()
    const controller = new AbortController()
    const waiting = failure(remote.call('wait', undefined, { signal: controller.signal }))
    await remote.call('hello')
    controller.abort(new Error('enough'))
    return { ...(await waiting), there: (await remote.call('seen')).aborted }
  },
  async errors() {
    using remote = open()
    return [await failure(remote.call('fail', 'coded')), await failure(remote.call('fail', 'plain'))]
  },
  async deaths() {
    using uncaught = open()
    using missing = open('nowhere')
    using damaged = open('damaged')
    return [
      await failure(uncaught.call('uncaught')),
      await failure(missing.call('hello')),
      await failure(damaged.call('hello')),
    ]
  },
  async training() {
    using remote = connectTraining(new Worker('/train-worker.js', { type: 'module' }))
    return { there: await trained(remote.fit), here: await trained(fit) }
  },
}

Object.assign(globalThis, { seen })
export type Seen = typeof seen
