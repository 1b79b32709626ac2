import { NeuriteError } from '@neurite/core'
import { expose, type Endpoint } from 'comlink'
import { checkObjective, checkValue, type Objective } from '../trials.js'
import { failureOf, type Remote } from './answer.js'
import { endpointOf } from './worker-like.js'

/**
 * Offers an objective to the pool that made this worker: the last line of the worker's module. Whatever the objective needs, such
 * as a backend and data, the module makes or loads itself; a point and its context arrive, a number goes back. Errors keep
 * their code on the way.
 *
 * @param objective - as for a search in one process; `context.signal` never aborts, since an abort ends the worker
 * @throws NeuriteError `INVALID_ARGUMENT` for no function, or outside a worker
 * @example
 * ```ts no-run
 * import { cpu } from '@neurite/backend-cpu'
 * import { setDefaultBackend } from '@neurite/core'
 * import { mse } from '@neurite/losses'
 * import { dense, sequential } from '@neurite/nn'
 * import { adam } from '@neurite/optimizers'
 * import { exposeObjective } from '@neurite/search'
 * import { fit } from '@neurite/train'
 * setDefaultBackend(cpu())
 * const data = { x: [[0], [1], [2], [3]], y: [1, 3, 5, 7] }
 * await exposeObjective(async ({ units }: { units: number }, { seed }) => {
 *   const model = sequential([dense(units, { activation: 'tanh' }), dense(1)])
 *   const { history } = await fit(model, data, { loss: mse, optimizer: adam(), epochs: 50, seed, validation: 0.25 })
 *   return history.valLoss.at(-1)!
 * })
 * ```
 */
export async function exposeObjective<P>(objective: Objective<P>): Promise<void> {
  const where = 'exposeObjective'
  checkObjective(where, objective)
  const { signal } = new AbortController()
  const remote: Remote = {
    async judge(point, context) {
      try {
        const value = await objective(point as P, { ...context, signal })
        checkValue(where, value)
        return { value }
      } catch (error) {
        return { failure: failureOf(error) }
      }
    },
  }
  // A Web Worker must listen before its module ends; the port of Node keeps messages until somebody listens.
  if ('WorkerGlobalScope' in globalThis) expose(remote)
  else expose(remote, await parentEndpoint(where))
}

async function parentEndpoint(where: string): Promise<Endpoint> {
  const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } }
  // A name in a variable: a bundler for browsers does not look for the module.
  const name = 'node:worker_threads'
  const threads =
    process?.versions?.node === undefined
      ? undefined
      : ((await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as {
          readonly parentPort: Parameters<typeof endpointOf>[0] | null
        })
  const port = threads?.parentPort
  if (port === null || port === undefined) {
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${where}: this is no worker; call it in a module that workerPool(() => new Worker(...)) starts.`,
    )
  }
  return endpointOf(port)
}
