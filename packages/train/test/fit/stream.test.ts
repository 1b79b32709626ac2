import { disposeTree, setDefaultBackend, tensor, tensorsIn, type Backend } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { readCsvBatches, standardScaler } from '@neurite/data'
import { mse, sparseCrossEntropy } from '@neurite/losses'
import { batchNorm, dense, dropout, sequential } from '@neurite/nn'
import { adam, sgd } from '@neurite/optimizers'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  accuracy,
  checkpoint,
  earlyStopping,
  evaluate,
  f1,
  fit,
  fitEvents,
  loadCheckpoint,
  memoryStore,
  type BatchSource,
  type Callback,
  type FileStore,
  type Dataset,
  type FitOptions,
  type FitResult,
  type Pass,
  type Run,
} from '../../src/index.js'
import { joined } from '../../src/fit/data/host.js'

let backend: Backend
beforeEach(() => {
  backend = cpu()
  setDefaultBackend(backend)
})

const ROWS = 50
const features = Array.from({ length: ROWS }, (_, i) => [(i % 3) + Math.sin(i), ((i % 3) - 1) ** 2 + Math.cos(i)])
const labels = Int32Array.from({ length: ROWS }, (_, i) => i % 3)
const weights = Array.from({ length: ROWS }, (_, i) => 1 + (i % 4))
const memory = { x: features, y: labels }

const rows = (from: number, to: number, weighted = false): Dataset => ({
  x: features.slice(from, to),
  y: labels.slice(from, to),
  ...(weighted ? { sampleWeights: weights.slice(from, to) } : {}),
})

/** The same rows, cut into batches of these sizes (the last size again and again), and a record of how it was used. */
function cut(
  sizes: readonly number[],
  options: { readonly weighted?: boolean; readonly alter?: (batch: Dataset, i: number) => Dataset } = {},
): BatchSource & { readonly passes: Pass[]; readonly log: string[] } {
  const { weighted = false, alter = (batch) => batch } = options
  const passes: Pass[] = []
  const log: string[] = []
  return {
    passes,
    log,
    async *batches(pass) {
      passes.push(pass)
      let i = 0
      try {
        for (let from = 0; from < ROWS; i++) {
          const to = Math.min(ROWS, from + sizes[Math.min(i, sizes.length - 1)]!)
          log.push(`${pass.epoch}:${i}`)
          await Promise.resolve()
          yield alter(rows(from, to, weighted), i)
          from = to
        }
        log.push('end')
      } finally {
        log.push('closed')
      }
    },
  }
}

const source = (...args: Parameters<typeof cut>): BatchSource => ({ batches: cut(...args).batches })

const model = () => sequential([dense(6, { activation: 'relu' }), batchNorm(), dropout(0.2), dense(3)])
const base: FitOptions = {
  loss: sparseCrossEntropy({ fromLogits: true }),
  optimizer: adam({ learningRate: 0.05 }),
  epochs: 3,
  seed: 3,
}

async function bitsOf({ params, state, optimizerState, history, epochs, iterations }: FitResult): Promise<unknown> {
  const parts = await Promise.all(tensorsIn([params, state, optimizerState]).map((leaf) => leaf.data()))
  const { seconds, ...measured } = history
  return {
    bits: parts.map((part) => [...new Uint8Array(part.buffer, part.byteOffset, part.byteLength)]),
    measured,
    timed: seconds.length,
    epochs,
    iterations,
  }
}

describe('a stream is learned as the same rows in memory', () => {
  const inMemory = (more: Partial<FitOptions> = {}, data: Dataset = memory): Promise<unknown> =>
    fit(model(), data, { ...base, batchSize: 8, order: 'cyclic', ...more }).then(bitsOf)

  test('batch by batch, to the bit', async () => {
    expect(await fit(model(), source([8]), base).then(bitsOf)).toEqual(await inMemory())
  })
  test('cut anew by batchSize, however the source cuts', async () => {
    const expected = await inMemory()
    for (const sizes of [[8], [1, 20, 3, 7], [50], [5]])
      expect(await fit(model(), source(sizes), { ...base, batchSize: 8 }).then(bitsOf)).toEqual(expected)
  })
  test('from a plain iterable, with batches that are tensors and batches without rows', async () => {
    const batches = function* (): Generator<Dataset> {
      yield { x: [], y: new Int32Array(0) }
      for (let from = 0; from < ROWS; from += 8) {
        const { x, y } = rows(from, Math.min(ROWS, from + 8))
        const lent = { x: tensor(x as number[][]), y: tensor(y as Int32Array) }
        yield lent
        disposeTree(lent)
        yield { x: [], y: [] }
      }
    }
    const before = backend.memory()
    const result = await fit(model(), { batches }, base)
    expect(await bitsOf(result)).toEqual(await inMemory())
    disposeTree(result)
    expect(backend.memory().buffers).toBeGreaterThanOrEqual(before.buffers)
    expect(await fit(model(), { batches }, { ...base, batchSize: 8 }).then(bitsOf)).toEqual(await inMemory())
  })
  test('with sample weights, class weights, gradient norms, metrics and other data for validation', async () => {
    const validation = rows(0, 20)
    const more: Partial<FitOptions> = {
      classWeights: { 0: 1, 1: 2.5, 2: 0.5 },
      metrics: { accuracy, f1: f1({ average: 'macro' }) },
      gradientNorm: true,
      validation,
    }
    const norms: number[][] = [[], []]
    const tell = (i: number): Pick<FitOptions, 'onIteration'> => ({
      onIteration: ({ gradientNorm }) => void norms[i]!.push(gradientNorm!),
    })
    const expected = await inMemory({ ...more, ...tell(0) }, { ...memory, sampleWeights: weights })
    const streamed = await fit(model(), source([11, 8], { weighted: true }), {
      ...base,
      ...more,
      batchSize: 8,
      ...tell(1),
    })
    expect(await bitsOf(streamed)).toEqual(expected)
    expect(norms[1]).toEqual(norms[0])
    expect(norms[0]!.length).toBe(21)
    const both = await fit(model(), source([8], { weighted: true }), {
      ...base,
      ...more,
      validation: { batches: () => [rows(0, 3), rows(3, 20)] },
    })
    expect((await bitsOf(both)) as { measured: unknown }).toMatchObject({
      measured: (expected as { measured: unknown }).measured,
    })
  })
  test('float64, and a validation source for rows in memory', async () => {
    const more: Partial<FitOptions> = { dtype: 'float64', validation: rows(5, 30) }
    const expected = await inMemory(more)
    expect(await inMemory({ ...more, validation: { batches: () => [rows(5, 9), rows(9, 30)] } })).toEqual(expected)
    expect(await fit(model(), source([8]), { ...base, ...more }).then(bitsOf)).toEqual(expected)
  })
  test('evaluate measures a source as it measures rows in memory', async () => {
    const { params, state } = await fit(model(), memory, base)
    const options = { loss: base.loss, metrics: { accuracy, f1: f1({ average: 'macro' }) }, state, batchSize: 16 }
    const weighted = { ...memory, sampleWeights: weights }
    const expected = await evaluate(model(), params, weighted, options)
    const before = backend.memory()
    expect(await evaluate(model(), params, source([7, 20], { weighted: true }), options)).toEqual(expected)
    expect(backend.memory()).toEqual(before)
    expect(await evaluate(model(), params, source([9]), { loss: base.loss, state })).not.toEqual(expected)
  })
})

describe('how a source is used', () => {
  test('once an epoch, with a seed of its own each, the same in every run', async () => {
    const used = [cut([20]), cut([20])]
    for (const { batches } of used) await fit(model(), { batches }, base)
    const [passes, again] = used.map(({ passes }) => passes)
    expect(passes!.map(({ epoch }) => epoch)).toEqual([0, 1, 2])
    expect(new Set(passes!.map(({ seed }) => seed)).size).toBe(3)
    expect(again!.map(({ seed }) => seed)).toEqual(passes!.map(({ seed }) => seed))
  })
  test('metrics on training rows take a pass more', async () => {
    const used = cut([20])
    await fit(model(), { batches: used.batches }, { ...base, epochs: 2, metrics: { accuracy } })
    expect(used.passes.map(({ epoch }) => epoch)).toEqual([0, 0, 1, 1])
  })
  test('a batch is asked for when the one before was learned', async () => {
    const used = cut([10])
    const seen: string[] = []
    await fit(
      model(),
      { batches: used.batches },
      {
        ...base,
        epochs: 1,
        onIteration: ({ iteration }) => void seen.push(`${iteration} after ${used.log.at(-1)}`),
      },
    )
    expect(seen).toEqual(['0 after 0:0', '1 after 0:1', '2 after 0:2', '3 after 0:3', '4 after 0:4'])
  })
  test('each length of batch is compiled, and a mixture of them learns', async () => {
    const result = await fit(model(), source([10, 3, 17]), { ...base, epochs: 60 })
    expect(result.iterations).toBe(60 * 5)
    expect(result.history.loss.at(-1)!).toBeLessThan(result.history.loss[0]! / 2)
    expect(result.split).toEqual({ trainIndices: new Int32Array(0), validationIndices: new Int32Array(0) })
  })
  test('early stopping, callbacks and fitEvents see what they see of rows in memory', async () => {
    const more: FitOptions = { ...base, epochs: 40, validation: rows(0, 20) }
    const stop = () => ({ callbacks: [earlyStopping({ patience: 2 })] })
    const streamed = await fit(model(), source([8]), { ...more, ...stop() })
    const expected = await fit(model(), memory, { ...more, ...stop(), order: 'cyclic', batchSize: 8 })
    expect(await bitsOf(streamed)).toEqual(await bitsOf(expected))
    expect(streamed.bestEpoch).toBe(expected.bestEpoch)
    expect(streamed.stoppedBy).toBe('earlyStopping')
    const kinds: string[] = []
    for await (const { kind } of fitEvents(model(), source([25]), { ...base, epochs: 2, iterations: true }))
      kinds.push(kind)
    expect(kinds).toEqual(['iteration', 'iteration', 'epoch', 'iteration', 'iteration', 'epoch', 'end'])
  })
  test('leaving fitEvents closes the iterator', async () => {
    const used = cut([10])
    for await (const event of fitEvents(model(), { batches: used.batches }, { ...base, iterations: true }))
      if (event.kind === 'iteration') break
    expect(used.log.at(-1)).toBe('closed')
    expect(used.log).not.toContain('end')
  })
})

describe('a CSV larger than what is held', () => {
  const TOTAL = 60_000
  const BATCH = 500
  const line = (i: number): string => `${i % 17},${(i * 7) % 23},${((i % 17) - 3 * ((i * 7) % 23)) / 10}\n`

  test('learns with a few batches alive', async () => {
    let produced = 0
    let consumed = 0
    let ahead = 0
    const text = (): ReadableStream<string> =>
      new ReadableStream<string>(
        {
          start: (controller) => controller.enqueue('a,b,c\n'),
          pull(controller) {
            if (produced === TOTAL) return controller.close()
            controller.enqueue(Array.from({ length: 50 }, () => line(produced++)).join(''))
            ahead = Math.max(ahead, produced - consumed)
          },
        },
        { highWaterMark: 1 },
      )
    const scaler = standardScaler().fit({
      shape: [400, 2],
      data: Float64Array.from({ length: 800 }, (_, i) => (i % 2 === 0 ? (i / 2) % 17 : (((i - 1) / 2) * 7) % 23)),
    })
    const before = backend.memory()
    let most = 0
    const result = await fit(
      sequential([dense(1)]),
      {
        async *batches() {
          for await (const table of readCsvBatches(text(), { batchSize: BATCH, target: 'c' })) {
            yield { x: scaler.transform(table.features), y: table.toMatrix(['c']) }
          }
        },
      },
      {
        loss: mse,
        optimizer: sgd({ learningRate: 0.1 }),
        epochs: 1,
        onIteration: () => {
          consumed += BATCH
          most = Math.max(most, backend.memory().bytes - before.bytes)
        },
      },
    )
    expect(result.iterations).toBe(TOTAL / BATCH)
    expect(produced).toBe(TOTAL)
    expect(result.history.loss[0]!).toBeLessThan(1)
    // On the host a batch and the 64 KiB of text that the reader looks ahead, on the device two batches and the model.
    expect(ahead).toBeLessThan(TOTAL / 7)
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThan(2.5 * BATCH * 3 * 4)
    disposeTree(result)
    expect(backend.memory()).toEqual(before)
  })
})

test('a source that fails as it is closed fails the run, unless that has failed before; nothing stays', async () => {
  const stuck = new Error('the file cannot be closed')
  const failing = (): BatchSource => {
    let from = 0
    const next = async () => ({ done: false, value: rows(from, (from += 5)) })
    return { batches: () => ({ [Symbol.asyncIterator]: () => ({ next, return: () => Promise.reject(stuck) }) }) }
  }
  const before = backend.memory()
  const ends: unknown[] = []
  const callback = (act: (run: Run) => void): Callback => ({
    name: 'listening',
    onIteration: (_, run) => act(run),
    onTrainEnd: (_, error) => void ends.push(error),
  })
  const run = (act: (run: Run) => void) => fit(model(), failing(), { ...base, callbacks: [callback(act)] })
  await expect(run((it) => it.stop('enough'))).rejects.toBe(stuck)
  const first = new Error('the disk is full')
  const full = (): never => {
    throw first
  }
  await expect(run(full)).rejects.toBe(first)
  expect(ends).toEqual([stuck, first])
  expect(backend.memory()).toEqual(before)
})

test('parts of batches are joined as what they are, and different ones as float64, which holds each', () => {
  const kinds = [Float32Array.of(0.5, 7, -0.25, 3), Float64Array.of(0.1, 1e300, -3, 2), Int32Array.of(2 ** 30 + 1, -5, 4, 0), Uint8Array.of(255, 1, 0, 2)] // prettier-ignore
  for (const one of kinds)
    for (const other of kinds) {
      const { shape, data } = joined([
        { part: { shape: [2, 2], data: one }, from: 1, to: 2 },
        { part: { shape: [2, 2], data: other }, from: 0, to: 2 },
      ])
      expect(shape).toEqual([3, 2])
      expect([...data]).toEqual([...one.subarray(2), ...other])
      expect(data.constructor).toBe(one.constructor === other.constructor ? one.constructor : Float64Array)
    }
})

describe('a resumed stream ends with the bits of an uninterrupted one', () => {
  const run = async (
    sizes: readonly number[],
    {
      store,
      abortAt,
      epochs = 4,
      batchSize,
      every,
    }: {
      readonly store?: FileStore
      readonly abortAt?: number
      readonly epochs?: number
      readonly batchSize?: number
      readonly every?: number
    } = {},
  ): Promise<FitResult> => {
    const controller = new AbortController()
    return fit(model(), source(sizes), {
      ...base,
      epochs,
      metrics: { accuracy },
      validation: rows(0, 20),
      signal: controller.signal,
      callbacks: [
        ...(store === undefined ? [] : [checkpoint(store, every === undefined ? {} : { everyIterations: every })]),
        earlyStopping({ patience: 3 }),
      ],
      resume: store === undefined ? undefined : await loadCheckpoint(store),
      ...(batchSize === undefined ? {} : { batchSize }),
      ...(abortAt === undefined
        ? {}
        : {
            onIteration: ({ iteration }: { iteration: number }) => void (iteration === abortAt && controller.abort()),
          }),
    })
  }

  test('after an abort at any step, the last of an epoch among them', async () => {
    for (const batchSize of [undefined, 8]) {
      const cutting = batchSize === undefined ? {} : { batchSize }
      const expected = await run([9], cutting).then(bitsOf)
      for (const abortAt of [0, 3, 5, 6, 11]) {
        const store = memoryStore()
        expect((await run([9], { store, abortAt, ...cutting })).stoppedBy).toBe('signal')
        expect(await run([9], { store, ...cutting }).then(bitsOf)).toEqual(expected)
      }
    }
  })
  test('after an epoch, and from every step that was kept', async () => {
    const expected = await run([13]).then(bitsOf)
    const store = memoryStore()
    await run([13], { store, epochs: 2 })
    expect(await run([13], { store }).then(bitsOf)).toEqual(expected)
    const kept: Uint8Array[] = []
    await run([13], {
      every: 1,
      store: { save: (bytes) => Promise.resolve(void kept.push(bytes)), load: () => Promise.resolve(undefined) },
    })
    expect(kept.length).toBeGreaterThanOrEqual(16)
    for (const bytes of kept) {
      const load = { load: () => Promise.resolve(bytes), save: () => Promise.resolve() }
      expect(await run([13], { store: load }).then(bitsOf)).toEqual(expected)
    }
  })
  test('refuses another way of cutting, rows in memory, and a source that became shorter', async () => {
    const store = memoryStore()
    await run([5], { store, abortAt: 7 })
    await expect(run([5], { store, batchSize: 5 })).rejects.toMatchObject({ code: 'BAD_CHECKPOINT' })
    const resume = await loadCheckpoint(store)
    await expect(fit(model(), memory, { ...base, resume })).rejects.toMatchObject({ code: 'BAD_CHECKPOINT' })
    const before = backend.memory()
    await expect(run([20], { store })).rejects.toMatchObject({
      code: 'BAD_CHECKPOINT',
      message: expect.stringMatching(/step 8 .* 3 batches/) as string,
    })
    expect(backend.memory()).toEqual(before)
  })
})

describe('an abort', () => {
  test('closes the iterator, keeps what was learned, and leaves nothing else', async () => {
    const used = cut([10])
    const controller = new AbortController()
    const before = backend.memory()
    const result = await fit(
      model(),
      { batches: used.batches },
      {
        ...base,
        signal: controller.signal,
        onIteration: ({ iteration }) => void (iteration === 1 && controller.abort()),
      },
    )
    expect(result.stoppedBy).toBe('signal')
    expect(result.iterations).toBe(2)
    expect(used.log).toEqual(['0:0', '0:1', 'closed'])
    expect(used.passes[0]!.signal).toBe(controller.signal)
    disposeTree(result)
    expect(backend.memory()).toEqual(before)
  })
  test('does not wait for a source that hangs, and calls return', async () => {
    const controller = new AbortController()
    let returned = false
    let given = false
    const batches = (): AsyncIterable<Dataset> => ({
      [Symbol.asyncIterator]: () => ({
        next: () => {
          if (given) {
            setTimeout(() => controller.abort(), 0)
            return new Promise(() => undefined)
          }
          given = true
          return Promise.resolve({ done: false, value: rows(0, 10) })
        },
        return: () => {
          returned = true
          return new Promise(() => undefined)
        },
      }),
    })
    const result = await fit(model(), { batches }, { ...base, signal: controller.signal })
    expect(result.stoppedBy).toBe('signal')
    expect(result.iterations).toBe(1)
    expect(returned).toBe(true)
  })
  test('that the source notices first is an abort too; any other failure is an error', async () => {
    const controller = new AbortController()
    const failing = (abort: boolean): BatchSource => ({
      *batches() {
        yield rows(0, 10)
        if (abort) controller.abort()
        throw new Error('connection reset')
      },
    })
    const before = backend.memory()
    await expect(fit(model(), failing(false), { ...base, signal: controller.signal })).rejects.toThrow(
      'connection reset',
    )
    expect(backend.memory()).toEqual(before)
    const result = await fit(model(), failing(true), { ...base, signal: controller.signal })
    expect(result.stoppedBy).toBe('signal')
    expect(result.iterations).toBe(1)
  })
  test('while a validation source is read leaves the epoch to the run that goes on', async () => {
    const whole = { ...base, epochs: 2, validation: source([10]) }
    const expected = await fit(model(), source([10]), whole).then(bitsOf)
    const store = memoryStore()
    const controller = new AbortController()
    const aborting: BatchSource = {
      *batches() {
        yield rows(0, 10)
        controller.abort()
        yield rows(10, 20)
      },
    }
    const paused = await fit(model(), source([10]), {
      ...whole,
      validation: aborting,
      signal: controller.signal,
      callbacks: [checkpoint(store)],
    })
    expect([paused.stoppedBy, paused.epochs, paused.iterations]).toEqual(['signal', 0, 5])
    const resume = await loadCheckpoint(store)
    expect(await fit(model(), source([10]), { ...whole, resume }).then(bitsOf)).toEqual(expected)
  })
  test('before the first batch throws', async () => {
    const controller = new AbortController()
    const batches = (): AsyncIterable<Dataset> => ({
      [Symbol.asyncIterator]: () => ({
        next: () => {
          controller.abort()
          return new Promise(() => undefined)
        },
      }),
    })
    await expect(fit(model(), { batches }, { ...base, signal: controller.signal })).rejects.toMatchObject({
      code: 'ABORTED',
    })
  })
})

describe('what a stream cannot have is refused, with the way out', () => {
  const refused = async (
    data: BatchSource,
    more: Partial<FitOptions>,
    code: string,
    message: RegExp,
  ): Promise<void> => {
    const before = backend.memory()
    const failure = (await fit(model(), data, { ...base, ...more }).then(
      () => undefined,
      (error: unknown) => error,
    )) as { code: string; message: string } | undefined
    expect(failure).toMatchObject({ code })
    expect(failure!.message).toMatch(message)
    expect(backend.memory()).toEqual(before)
  }
  test('options that need all rows', async () => {
    const stream = source([10])
    await refused(stream, { validation: 0.2 }, 'INVALID_ARGUMENT', /share.*validation: \{ x, y \}/)
    await refused(stream, { batchSize: 'full' }, 'INVALID_ARGUMENT', /'full'.*number/)
    await refused(stream, { order: 'cyclic' }, 'INVALID_ARGUMENT', /order.*leave it out/)
    await refused(stream, { classWeights: 'balanced' }, 'INVALID_ARGUMENT', /'balanced'.*each class/)
  })
  test('a source that is none', async () => {
    const as = (value: unknown): BatchSource => value as BatchSource
    await refused(
      as(source([10]).batches({ epoch: 0, seed: 0, signal: undefined })),
      {},
      'INVALID_ARGUMENT',
      /iterable.*begins anew/,
    )
    await refused(as({ batches: [rows(0, 10)] }), {}, 'INVALID_ARGUMENT', /must be a function/)
    await refused(as({ batches: () => 7 }), {}, 'INVALID_ARGUMENT', /must return an iterable/)
    await refused(as({ batches: () => Promise.resolve([]) }), {}, 'INVALID_ARGUMENT', /a promise/)
    await refused(as({ batches: () => [], y: [] }), {}, 'UNKNOWN_OPTION', /'y'/)
  })
  test('no rows, at once or in a later epoch', async () => {
    await refused({ batches: () => [] }, {}, 'INVALID_ARGUMENT', /no rows in epoch 0/)
    const once = source([10]).batches({ epoch: 0, seed: 0, signal: undefined })
    await refused({ batches: () => once }, {}, 'INVALID_ARGUMENT', /no rows in epoch 1.*begin anew/)
  })
  test('batches whose columns differ, within an epoch and between epochs', async () => {
    const wide = (batch: Dataset, i: number): Dataset =>
      i === 2 ? { ...batch, x: (batch.x as number[][]).map((row) => [...row, 0]) } : batch
    await refused(
      source([10], { alter: wide }),
      {},
      'SHAPE_MISMATCH',
      /batch 2 of epoch 0: x has shape \[10, 3\].*\[rows, 2\]/,
    )
    await refused(source([10], { alter: wide }), { batchSize: 4 }, 'SHAPE_MISMATCH', /batch 2 of epoch 0/)
    const later: BatchSource = {
      batches: ({ epoch }) => [epoch === 0 ? rows(0, 10) : wide(rows(0, 10), 2)],
    }
    await refused(later, {}, 'SHAPE_MISMATCH', /batch 0 of epoch 1/)
    const bare = (batch: Dataset, i: number): Dataset => (i === 1 ? { x: batch.x, y: batch.y } : batch)
    await refused(
      source([10], { weighted: true, alter: bare }),
      {},
      'INVALID_ARGUMENT',
      /batch 1 of epoch 0.*no sampleWeights/,
    )
  })
  test('bad rows, named by their batch', async () => {
    const nan = (batch: Dataset, i: number): Dataset =>
      i === 3 ? { ...batch, x: [...(batch.x as number[][]).slice(1), [NaN, 0]] } : batch
    await refused(source([10], { alter: nan }), {}, 'NON_FINITE', /batch 3 of epoch 0: x holds NaN in row 9, column 0/)
    await refused(
      source([10], { alter: nan }),
      { batchSize: 7 },
      'NON_FINITE',
      /epoch 0 \(rows 35 to 41\): x holds NaN/,
    )
    const ragged = (batch: Dataset): Dataset => ({ ...batch, y: [1] })
    await refused(source([10], { alter: ragged }), {}, 'SHAPE_MISMATCH', /batch 0 of epoch 0: x has 10 rows, y has 1/)
    const light = (batch: Dataset): Dataset => ({ ...batch, sampleWeights: [1, 2] })
    await refused(source([10], { alter: light }), { batchSize: 4 }, 'SHAPE_MISMATCH', /sampleWeights/)
    await refused(source([10]), { loss: mse, metrics: { accuracy } }, 'SHAPE_MISMATCH', /./)
  })
  test('a loss that is not finite names the rows of the epoch and closes the source', async () => {
    const used = cut([10], {
      alter: (batch, i) =>
        i === 2 ? { ...batch, x: (batch.x as number[][]).map((row) => row.map((v) => v * 1e30)) } : batch,
    })
    const failure = (await fit(
      sequential([dense(3)]),
      { batches: used.batches },
      { ...base, optimizer: sgd({ learningRate: 1e20 }) },
    ).catch((error: unknown) => error)) as {
      code: string
      message: string
      details: { rows: number[]; params: unknown; state: unknown; optimizerState: unknown; largestFeature: number }
    }
    expect(failure.code).toBe('NON_FINITE')
    expect(failure.message).toMatch(/epoch 0, iteration \d+ \(rows \d+, .*of the epoch\).*first operation/)
    expect(failure.details.rows.length).toBe(10)
    expect(used.log.at(-1)).toBe('closed')
    expect(used.log).not.toContain('end')
  })
})
