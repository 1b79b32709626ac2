import { describe, expect, test } from 'vitest'
import { cpu } from '@neurite/backend-cpu'
import { interpret, NeuriteError, tensorsIn, type Backend, type Executable } from '@neurite/core'
import { mse } from '@neurite/losses'
import { batchNorm, dense, dropout, sequential } from '@neurite/nn'
import { adam, adjustableLearningRate, exponentialDecay, sgd, type LearningRateSchedule } from '@neurite/optimizers'
import { fit, type Callback, type FitOptions, type IterationEvent } from '../../src/index.js'
import { slow } from '../support/slow.js'

const rows = (count: number): number[][] => Array.from({ length: count }, (_, i) => [Math.sin(i), Math.cos(3 * i)])
const dataOf = (count: number) => ({ x: rows(count), y: rows(count).map(([a = 0, b = 0]) => a * b) })
const model = () => sequential([dense(6, { activation: 'tanh' }), batchNorm(), dropout(0.2), dense(1)])

/** The backend, and how many iterations each call had. */
function counted(): { readonly backend: Backend; readonly counts: number[] } {
  const counts: number[] = []
  const base = cpu() as Backend
  const backend: Backend = {
    ...base,
    compile(program): Executable {
      const { run, runMany, dispose } = base.compile(program)
      const trains = program.inputs.some(({ donated }) => donated)
      return {
        dispose,
        run(inputs, keys) {
          if (trains) counts.push(1)
          return run(inputs, keys)
        },
        runMany(loop, count, inputs, keys) {
          counts.push(count)
          return runMany!(loop, count, inputs, keys)
        },
      }
    },
  }
  return { backend, counts }
}

async function bitsOf(tree: unknown): Promise<number[][]> {
  return Promise.all(tensorsIn(tree).map(async (leaf) => [...(await leaf.data())]))
}

const options = { loss: mse, epochs: 3, seed: 4, batchSize: 8 }

describe('many steps in one call', () => {
  test('are the same, bit by bit, as one by one, by any loop, and whatever is told of them', async () => {
    const base = cpu() as Backend
    const plain: Backend = { ...base, compile: (program) => interpret(program, plain) }
    const results = []
    for (const backend of [base, plain]) {
      for (const extra of [{}, { onIteration: () => undefined }, { gradientNorm: true }] as Partial<FitOptions>[]) {
        const { history, ...rest } = await fit(model(), dataOf(203), {
          ...options,
          ...extra,
          optimizer: adam(),
          backend,
        })
        results.push({ loss: history.loss, bits: await bitsOf([rest.params, rest.state, rest.optimizerState]) })
      }
    }
    for (const result of results) expect(result).toEqual(results[0])
  })

  test('more and more steps go into one, never beyond an epoch, and the odd batch is one of its own', async () => {
    const { backend, counts } = counted()
    const { iterations } = await fit(model(), dataOf(203), { ...options, epochs: 40, optimizer: sgd(), backend })
    expect(iterations).toBe(40 * 26)
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(iterations)
    expect(Math.max(...counts)).toBeLessThanOrEqual(25)
    expect(counts.length).toBeLessThan(iterations / 2)
    expect(counts.filter((count) => count === 1).length).toBeGreaterThanOrEqual(40)
    // Who only hears of epochs waits for no step.
    const alone = counts.splice(0).length
    const hears: Callback = { name: 'hears', onEpochEnd: () => undefined }
    await fit(model(), dataOf(203), { ...options, epochs: 40, optimizer: sgd(), backend, callbacks: [hears] })
    expect(counts.length).toBeLessThan(iterations / 2)
    expect(alone).toBeLessThan(iterations / 2)
  })

  test('who listens to each step gets each, and finds the run as it is after it', async () => {
    const { backend, counts } = counted()
    const seen: number[] = []
    const callback = {
      name: 'listener',
      onIteration: async ({ loss }: { loss: number }, run: { params: unknown }) => {
        seen.push(loss, (await bitsOf(run.params))[0]![0]!)
      },
    }
    await fit(model(), dataOf(64), { ...options, optimizer: sgd(), backend, callbacks: [callback] })
    expect(new Set(counts)).toEqual(new Set([1]))
    expect(new Set(seen).size).toBe(2 * 24)
  })

  test('memory stays what it was, however long', async () => {
    const { backend } = counted()
    const during: number[] = []
    const onEpoch = (): void => void during.push(backend.memory().buffers)
    const result = await fit(model(), dataOf(64), { ...options, epochs: 60, optimizer: adam(), backend, onEpoch })
    expect(Math.max(...during)).toBeLessThanOrEqual(4 * during[0]!)
    for (const leaf of tensorsIn(result)) leaf.dispose()
    expect(backend.memory()).toEqual({ buffers: 0, bytes: 0 })
  })
})

describe('a loss that is not finite', () => {
  const failing = async (extra: Partial<FitOptions>, count = 400): Promise<NeuriteError> => {
    const backend = cpu()
    const error = await fit(sequential([dense(1)]), dataOf(count), {
      ...{
        ...options,
        epochs: 50,
        batchSize: 4,
        optimizer: sgd({ learningRate: adjustableLearningRate(1.5) }),
        backend,
      },
      ...extra,
    }).then(
      () => undefined,
      (reason: unknown) => reason as NeuriteError,
    )
    expect(error).toMatchObject({ code: 'NON_FINITE' })
    const kept = tensorsIn(error!.details)
    expect(kept.length).toBeGreaterThan(2)
    expect((await bitsOf(kept)).flat().every(Number.isFinite)).toBe(true)
    for (const leaf of kept) leaf.dispose()
    expect(backend.memory()).toEqual({ buffers: 0, bytes: 0 })
    return error!
  }
  const plain = ({ message, details: { params, state, optimizerState, ...details } }: NeuriteError): unknown => {
    expect([params, state, optimizerState].every((tree) => tree !== undefined)).toBe(true)
    return { message, details }
  }

  test('is named to its iteration and its operation, as one by one', async () => {
    const together = await failing({})
    expect(together.details.iteration).toBeGreaterThan(30)
    expect(plain(together)).toEqual(plain(await failing({ onIteration: () => undefined })))
  })

  test('wherever in an epoch it stands: in the odd batch, in the first step after it', async () => {
    const at = (await failing({ order: 'cyclic' })).details.iteration as number
    for (const steps of [at, at + 1, at - 1]) {
      // As many steps an epoch; the last is of one row.
      const count = 4 * (steps - 1) + 1
      const error = await failing({ order: 'cyclic' }, count)
      expect(plain(error)).toEqual(plain(await failing({ order: 'cyclic', onIteration: () => undefined }, count)))
    }
  })

  test('after a callback put other values in place', async () => {
    const reset = (): {
      name: string
      onEpochEnd: (event: { epoch: number }, run: { setLearningRate(to: number): void }) => void
    } => ({
      name: 'reset',
      onEpochEnd: ({ epoch }, run) => run.setLearningRate(epoch === 1 ? 1e6 : 0.01),
    })
    const calm = { epochs: 5, optimizer: sgd({ learningRate: adjustableLearningRate(0.01) }) }
    const together = await failing({ ...calm, callbacks: [reset()] }, 41)
    expect(together.details.epoch).toBe(2)
    expect(plain(together)).toEqual(
      plain(await failing({ ...calm, callbacks: [reset()], onIteration: () => undefined }, 41)),
    )
  })
})

describe('a device that fails', () => {
  /** One that breaks down in the step's call number `good`, and in all after it or in this alone. */
  const failing = (good: number, lost: boolean): { readonly backend: Backend; readonly made: () => number } => {
    const base = cpu() as Backend
    let calls = 0
    let steps = 0
    const backend: Backend = {
      ...base,
      compile(program): Executable {
        const executable = base.compile(program)
        const breakDown = (count: number, inputs: readonly object[]): void => {
          if (!program.inputs.some(({ donated }) => donated)) return
          if (calls === good || (lost && calls > good)) {
            calls++
            inputs.forEach((storage, i) => program.inputs[i]!.donated && base.release(storage))
            throw new NeuriteError('OUT_OF_MEMORY', 'the device is full')
          }
          if (calls++ < good) steps += count
        }
        return {
          ...executable,
          run(inputs, keys) {
            breakDown(1, inputs)
            return executable.run(inputs, keys)
          },
          runMany(loop, count, inputs, keys) {
            breakDown(count, inputs)
            return executable.runMany!(loop, count, inputs, keys)
          },
        }
      },
    }
    return { backend, made: () => steps }
  }
  /** The training after so many steps, made one by one. */
  const after = async (
    steps: number,
    extra: Pick<FitOptions, 'optimizer' | 'epochs' | 'backend'>,
  ): Promise<unknown> => {
    let at = 0
    const stop: Callback = {
      name: 'stop',
      onIteration: (_, run) => void (++at === steps && run.stop('enough')),
    }
    const { params, state, optimizerState } = await fit(model(), dataOf(203), {
      ...{ ...options, ...extra },
      callbacks: [stop],
    })
    return bitsOf([params, state, optimizerState])
  }

  test.each([1, 2, 5, 11])('in call %i throws its error, and a callback finds all steps before it', async (good) => {
    const { backend, made } = failing(good, false)
    const extra = { optimizer: adam(), epochs: 20, backend: cpu() }
    let last: unknown
    const keep: Callback = {
      name: 'keep',
      onTrainEnd: async (run, error) => {
        expect(error).toMatchObject({ code: 'OUT_OF_MEMORY' })
        last = await bitsOf([run.params, run.state, run.optimizerState])
      },
    }
    const training = fit(model(), dataOf(203), { ...options, ...extra, backend, callbacks: [keep] })
    await expect(training).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' })
    expect(last).toEqual(await after(made(), extra))
    expect(backend.memory()).toEqual({ buffers: 0, bytes: 0 })
  })

  test('and goes on failing leaves nothing behind but the error, and the params that were given', async () => {
    for (const good of [0, 1, 3]) {
      const { backend } = failing(good, true)
      const { params, state } = model().init({ inputShape: [2], backend })
      const before = await bitsOf([params, state])
      const memory = backend.memory()
      const ended: unknown[] = []
      const callback: Callback = { name: 'ended', onTrainEnd: (_, error) => void ended.push(error) }
      const given = { ...options, params, state, optimizer: adam(), backend, callbacks: [callback] }
      const error: unknown = await fit(model(), dataOf(64), given).catch((reason: unknown) => reason)
      expect(String(error)).toContain('the device is full')
      expect(ended).toEqual([error])
      expect(await bitsOf([params, state])).toEqual(before)
      expect(backend.memory()).toEqual(memory)
    }
  })
})

describe('what a step costs beside its kernels', () => {
  /** How many copies were made, and how many programs ran that are no step. */
  const watched = (): { readonly backend: Backend; readonly copies: () => number; readonly others: () => number } => {
    const base = cpu() as Backend
    let copies = 0
    let others = 0
    const backend: Backend = {
      ...base,
      kernels: {
        ...base.kernels,
        // What is shared is copied by it before a program may overwrite it.
        broadcastTo(...args) {
          copies++
          return base.kernels.broadcastTo(...args)
        },
      },
      compile(program): Executable {
        const executable = base.compile(program)
        if (program.inputs.some(({ donated }) => donated)) return executable
        return {
          ...executable,
          run(inputs, keys) {
            others++
            return executable.run(inputs, keys)
          },
        }
      },
    }
    return { backend, copies: () => copies, others: () => others }
  }
  const small = { ...options, batchSize: 4, epochs: 1 }
  const leaves = 6 + 2 + 12 + 1

  test('no copy of the training at each, told or streamed', async () => {
    const { x, y } = dataOf(400)
    const source = {
      *batches() {
        for (let i = 0; i < 400; i += 4) yield { x: x.slice(i, i + 4), y: y.slice(i, i + 4) }
      },
    }
    const told = watched()
    await fit(model(), { x, y }, { ...small, optimizer: adam(), backend: told.backend, onIteration: () => undefined })
    const streamed = watched()
    const { batchSize: _, ...own } = small
    await fit(model(), source, { ...own, optimizer: adam(), backend: streamed.backend })
    for (const { copies } of [told, streamed]) {
      // A hundred steps begin a leg twice, or again when the machine is slow.
      expect(copies()).toBeGreaterThan(0)
      expect(copies()).toBeLessThan(20 * leaves)
    }
  })

  test('a learning rate that depends on nothing is asked for once, one that does at each', async () => {
    const rates: number[][] = [[], []]
    const run = async (i: number, learningRate: number | LearningRateSchedule): Promise<number> => {
      const { backend, others } = watched()
      const onIteration = (event: IterationEvent): void => void rates[i]!.push(event.learningRate!)
      await fit(model(), dataOf(400), { ...small, optimizer: sgd({ learningRate }), backend, onIteration })
      return others()
    }
    expect(await run(0, 0.03125)).toBe(1)
    expect(new Set(rates[0])).toEqual(new Set([0.03125]))
    expect(await run(1, exponentialDecay({ initial: 0.05, factor: 0.99 }))).toBeGreaterThan(99)
    expect(new Set(rates[1]).size).toBeGreaterThan(90)
  })

  test('what is told of each step is the same on a backend that reads later', async () => {
    const told = async (backend: Backend): Promise<IterationEvent[]> => {
      const events: IterationEvent[] = []
      const learningRate = exponentialDecay({ initial: 0.05, factor: 0.9 })
      const onIteration = (event: IterationEvent): void => void events.push({ ...event, samplesPerSecond: 0 })
      await fit(model(), dataOf(40), { ...options, optimizer: sgd({ learningRate }), backend, onIteration })
      return events
    }
    const expected = await told(cpu())
    expect(expected).toHaveLength(15)
    expect(await told(slow(cpu()))).toEqual(expected)
  })
})
