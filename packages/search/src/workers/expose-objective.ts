import { takesNoOptions } from '@neurite/core/arguments'
import { NeuriteError } from '@neurite/core'
import { memoryStore } from '@neurite/train'
import { checkObjective, checkValue, type Objective } from '../trials.js'
import { failureOf, isMessage, type Answer, type Question, type Reply } from './answer.js'
import { parent } from './worker-like.js'

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
 * exposeObjective(async ({ units }: { units: number }, { seed }) => {
 *   const model = sequential([dense(units, { activation: 'tanh' }), dense(1)])
 *   const { history } = await fit(model, data, { loss: mse, optimizer: adam(), epochs: 50, seed, validation: 0.25 })
 *   return history.valLoss.at(-1)!
 * })
 * ```
 */
export function exposeObjective<P>(objective: Objective<P>, ...none: readonly []): void {
  takesNoOptions('exposeObjective', none)
  const where = 'exposeObjective'
  checkObjective(where, objective)
  const pool = parent()
  if (pool === undefined) {
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${where}: this is no worker; call it in a module that workerPool(() => new Worker(...)) starts.`,
    )
  }
  const { signal } = new AbortController()
  const judge = async ({ point, context }: Question): Promise<Answer> => {
    try {
      const value = await objective(point as P, { ...context, signal, checkpoints: memoryStore() })
      checkValue(where, value)
      return { value }
    } catch (error) {
      return { failure: failureOf(error) }
    }
  }
  pool.listen((data) => {
    if (!isMessage<Question>('question', data)) return
    void judge(data).then((answer) => pool.postMessage({ neurite: 'reply', answer } satisfies Reply))
  })
}
