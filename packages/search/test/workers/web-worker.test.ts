import { expect, test } from 'vitest'
import { gridSearch, workerPool } from '../../src/index.js'

/** What a pool sees of a Web Worker: ports have the events and the message queue of one. */
function webWorker(judge: (point: { a: number }) => unknown): {
  readonly worker: Worker
  readonly fail: (message: string) => void
  readonly terminated: () => boolean
} {
  const { port1, port2 } = new MessageChannel()
  const target = new EventTarget()
  let over = false
  port1.addEventListener('message', ({ data }: MessageEvent) => {
    target.dispatchEvent(Object.assign(new Event('message'), { data: data as unknown }))
  })
  port1.start()
  port2.onmessage = ({ data: { point } }: MessageEvent<{ point: { a: number } }>) =>
    void Promise.resolve(judge(point)).then((answer) => {
      port2.postMessage('a message of its own')
      port2.postMessage({ neurite: 'reply', answer })
    })
  return {
    worker: Object.assign(target, {
      postMessage: (message: unknown) => port1.postMessage(message),
      terminate: () => {
        over = true
        port1.close()
      },
    }) as never,
    fail: (message) => void target.dispatchEvent(Object.assign(new Event('error'), { message })),
    terminated: () => over,
  }
}

test('Web Workers serve a pool, and are ended with it', async () => {
  const made: ReturnType<typeof webWorker>[] = []
  const pool = workerPool(
    () => {
      made.push(webWorker(({ a }) => ({ value: a * a })))
      return made.at(-1)!.worker
    },
    { workers: 2 },
  )
  const { leaderboard } = await gridSearch({ a: [3, 1, 2] }, pool.objective, { concurrency: 2 })
  expect(leaderboard.map(({ value }) => value)).toEqual([1, 4, 9])
  await pool.close()
  expect(made.map(({ terminated }) => terminated())).toEqual([true, true])
})

test('an error event of a Web Worker is its end', async () => {
  const broken = webWorker(() => new Promise(() => undefined))
  const pool = workerPool(() => broken.worker, { workers: 1 })
  const search = gridSearch({ a: [3] }, pool.objective)
  setTimeout(() => broken.fail('Uncaught SyntaxError: objective.js'), 0)
  await expect(search).rejects.toMatchObject({
    code: 'WORKER_FAILED',
    message: expect.stringMatching(/trial 0, \{"a":3\}.*SyntaxError/) as string,
  })
  expect(broken.terminated()).toBe(true)
})
