import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  disposeTree,
  mean,
  mul,
  setDefaultBackend,
  square,
  tensor,
  tensorsIn,
  type Backend,
  type Tensor,
} from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { mae, mse, sparseCrossEntropy } from '@neurite/losses'
import { batchNorm, dense, dropout, layer, sequential, type Layer } from '@neurite/nn'
import { adam, adamw, adjustableLearningRate, chain, clipByGlobalNorm, cosineDecay, sgd } from '@neurite/optimizers'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  accuracy,
  checkpoint,
  decodeCheckpoint,
  earlyStopping,
  encodeCheckpoint,
  fileStore,
  fit,
  loadCheckpoint,
  memoryStore,
  r2,
  reduceOnPlateau,
  type Checkpoint,
  type Dataset,
  type FileStore,
  type FitOptions,
  type FitResult,
} from '../../src/index.js'

let backend: Backend
beforeEach(() => {
  backend = cpu()
  setDefaultBackend(backend)
})

const data = {
  x: Array.from({ length: 40 }, (_, i) => [(i % 3) + Math.sin(i), ((i % 3) - 1) ** 2 + Math.cos(i)]),
  y: Int32Array.from({ length: 40 }, (_, i) => i % 3),
}

interface RunOptions {
  readonly store?: FileStore
  readonly epochs?: number
  readonly everyIterations?: number
  readonly abortAt?: number
  readonly seed?: number
  readonly width?: number
  readonly patience?: number
}

/** A run with everything that has a memory: dropout, running statistics, optimizer, order, early stopping, plateau. */
async function run({
  store,
  epochs = 8,
  everyIterations,
  abortAt,
  seed = 3,
  width = 6,
  patience = 3,
}: RunOptions): Promise<FitResult> {
  const controller = new AbortController()
  const keeping =
    store === undefined ? [] : [checkpoint(store, everyIterations === undefined ? {} : { everyIterations })]
  return fit(sequential([dense(width, { activation: 'relu' }), batchNorm(), dropout(0.2), dense(3)]), data, {
    loss: sparseCrossEntropy({ fromLogits: true }),
    optimizer: adam({ learningRate: adjustableLearningRate(0.05) }),
    epochs,
    batchSize: 7,
    validation: 0.25,
    metrics: { accuracy },
    seed,
    signal: controller.signal,
    // Before the others on purpose: what it keeps must not depend on its place.
    callbacks: [
      ...keeping,
      earlyStopping({ patience }),
      reduceOnPlateau({ monitor: 'valLoss', patience: 2, factor: 0.5 }),
    ],
    resume: store === undefined ? undefined : await loadCheckpoint(store),
    ...(abortAt === undefined
      ? {}
      : {
          onIteration: ({ iteration }: { iteration: number }) => {
            if (iteration === abortAt) controller.abort()
          },
        }),
  })
}

async function bitsOf({ params, state, optimizerState, history, ...rest }: FitResult): Promise<unknown> {
  const parts = await Promise.all(tensorsIn([params, state, optimizerState]).map((leaf) => leaf.data()))
  const { seconds, ...measured } = history
  return {
    bits: parts.map((part) => [...new Uint8Array(part.buffer, part.byteOffset, part.byteLength)]),
    measured,
    epochs: rest.epochs,
    iterations: rest.iterations,
    bestEpoch: rest.bestEpoch,
    stoppedBy: rest.stoppedBy,
    timed: seconds.length,
  }
}

describe('a resumed run ends with the bits of an uninterrupted one', () => {
  test('after every epoch', async () => {
    const expected = await bitsOf(await run({}))
    const store = memoryStore()
    for (const epochs of [1, 2, 5]) await run({ store, epochs })
    expect(await bitsOf(await run({ store }))).toEqual(expected)
  })
  test('after an abort in the middle of an epoch', async () => {
    const expected = await bitsOf(await run({}))
    for (const abortAt of [0, 2, 4, 11]) {
      const store = memoryStore()
      expect((await run({ store, abortAt })).stoppedBy).toBe('signal')
      expect(await bitsOf(await run({ store }))).toEqual(expected)
    }
  })
  test('killed at any step: from whatever was kept last', async () => {
    const expected = await bitsOf(await run({ epochs: 3 }))
    const kept: Uint8Array[] = []
    await run({
      epochs: 3,
      everyIterations: 1,
      store: { save: (bytes) => Promise.resolve(void kept.push(bytes)), load: () => Promise.resolve(undefined) },
    })
    expect(kept.length).toBeGreaterThanOrEqual(15)
    for (const bytes of kept) {
      const store: FileStore = { save: () => Promise.resolve(), load: () => Promise.resolve(bytes) }
      expect(await bitsOf(await run({ epochs: 3, store }))).toEqual(expected)
    }
  })
  test('where a value is infinite', async () => {
    const model = sequential([dense(1)])
    const rows = { x: [[0], [1], [2]], y: [1, 2, 4] }
    for (const value of [Infinity, -Infinity]) {
      for (const mode of ['min', 'max'] as const) {
        const store = memoryStore()
        const options = (more: Partial<FitOptions>, kept: boolean): FitOptions => ({
          ...{ loss: mse, optimizer: sgd(), epochs: 4, metrics: { infinite: () => value } },
          callbacks: [earlyStopping({ monitor: 'infinite', mode }), ...(kept ? [checkpoint(store)] : [])],
          ...more,
        })
        const whole = await fit(model, rows, options({}, false))
        expect(whole.bestEpoch).toBe(0)
        await fit(model, rows, options({ epochs: 2 }, true))
        const resumed = await fit(model, rows, options({ resume: await loadCheckpoint(store) }, true))
        expect(resumed.bestEpoch).toBe(0)
        expect(await (tensorsIn(resumed.params)[0] as Tensor).data()).toEqual(
          await (tensorsIn(whole.params)[0] as Tensor).data(),
        )
      }
    }
  })

  test('a run that early stopping has ended stays ended', async () => {
    const store = memoryStore()
    const first = await bitsOf(await run({ store, epochs: 60, patience: 1 }))
    expect(first).toMatchObject({ stoppedBy: 'earlyStopping' })
    expect(await bitsOf(await run({ store, epochs: 60, patience: 1 }))).toEqual(first)
  })
  test('nothing is left behind', async () => {
    const before = backend.memory()
    const store = memoryStore()
    disposeTree(await run({ store, abortAt: 9 }))
    disposeTree(await run({ store }))
    expect(backend.memory()).toEqual(before)
  })
})

describe('what does not fit is refused', () => {
  test('another seed, another model', async () => {
    const store = memoryStore()
    await run({ store, epochs: 1 })
    const before = backend.memory()
    await expect(run({ store, seed: 4 })).rejects.toMatchObject({
      code: 'BAD_CHECKPOINT',
      message: expect.stringContaining('seed was 3, is 4') as string,
    })
    await expect(run({ store, width: 5 })).rejects.toMatchObject({
      code: 'BAD_CHECKPOINT',
      message: expect.stringContaining('model.layers[0].units was 6, is 5') as string,
    })
    expect(backend.memory()).toEqual(before)
  })
  const plain = { loss: mse, optimizer: adam({ learningRate: 0.1 }), epochs: 1 } satisfies FitOptions
  const rows = { x: [[0], [1], [2]], y: [[0], [1], [0]] }
  const tanh = sequential([dense(2, { activation: 'tanh' }), dense(1)])
  const changes: [string, RegExp, Layer, Dataset, Partial<FitOptions>, FitOptions['resumeDespite']][] = [
    [
      'another activation',
      /model\.layers\[0\]\.activation was "tanh", is "relu"/,
      sequential([dense(2, { activation: 'relu' }), dense(1)]),
      rows,
      {},
      ['model'],
    ],
    ['another loss', /loss\.kind was "mse", is "mae"/, tanh, rows, { loss: mae }, ['loss']],
    [
      'another option of the loss',
      /loss\.reduction was "mean", is "sum"/,
      tanh,
      rows,
      { loss: mse({ reduction: 'sum' }) },
      ['loss'],
    ],
    [
      'a loss of one’s own',
      /loss\.kind was "mse", is "custom"/,
      tanh,
      rows,
      { loss: (p) => mean(square(p)) },
      ['loss'],
    ],
    [
      'another rate',
      /optimizer\.learningRate was 0\.1, is 0\.2/,
      tanh,
      rows,
      { optimizer: adam({ learningRate: 0.2 }) },
      ['optimizer'],
    ],
    [
      'a schedule',
      /optimizer\.learningRate was 0\.1, is \{"kind":"cosineDecay"/,
      tanh,
      rows,
      { optimizer: adam({ learningRate: cosineDecay({ initial: 0.1, steps: 9 }) }) },
      ['optimizer'],
    ],
    [
      'another optimizer',
      /optimizer\.kind was "adam", is "adamw"/,
      tanh,
      rows,
      { optimizer: adamw({ learningRate: 0.1 }) },
      ['optimizer'],
    ],
    ['other features', /: x was "crc32 \w+", is "crc32 \w+"\. /, tanh, { ...rows, x: [[0], [1], [2.5]] }, {}, ['x']],
    ['other labels', /: y was "crc32/, tanh, { ...rows, y: [[0], [1], [1]] }, {}, ['y']],
    [
      'weights of rows',
      /: sampleWeights was null, is "crc32/,
      tanh,
      { ...rows, sampleWeights: [1, 2, 1] },
      {},
      ['sampleWeights'],
    ],
    ['metrics', /: metrics\.r2 was absent, is \{"kind":"r2"\}/, tanh, rows, { metrics: { r2 } }, ['metrics']],
    [
      'two at once',
      /: loss\.kind was "mse", is "mae"; y was "crc32/,
      tanh,
      { ...rows, y: [[1], [1], [1]] },
      { loss: mae },
      ['loss', 'y'],
    ],
  ]
  test.each(changes)('%s; taken where it is named', async (_, says, model, data, more, despite) => {
    const store = memoryStore()
    disposeTree(await fit(tanh, rows, { ...plain, callbacks: [checkpoint(store)] }))
    const held = backend.memory()
    const resume = await loadCheckpoint(store)
    const options = { ...plain, ...more, epochs: 2, resume }
    await expect(fit(model, data, options)).rejects.toMatchObject({
      code: 'BAD_CHECKPOINT',
      message: expect.stringMatching(says) as string,
      // For programs.
      details: { differences: expect.arrayContaining([expect.any(String)]) as string[] },
    })
    expect(backend.memory()).toEqual(held)
    const names = despite ?? []
    for (let i = 0; i < names.length; i++)
      await expect(
        fit(model, data, { ...options, resumeDespite: names.filter((_, k) => k !== i) }),
      ).rejects.toMatchObject({ code: 'BAD_CHECKPOINT' })
    if (says.source.includes('adamw')) return
    const result = await fit(model, data, { ...options, resumeDespite: names })
    expect(result.iterations).toBe(2)
    disposeTree(result)
  })
  test('the same, written again, is the same: from tensors too', async () => {
    const store = memoryStore()
    await fit(tanh, rows, {
      ...plain,
      optimizer: chain(clipByGlobalNorm(1), plain.optimizer),
      callbacks: [checkpoint(store)],
    })
    const again = sequential([dense(2, { activation: 'tanh' }), dense(1)])
    const optimizer = chain(clipByGlobalNorm(1), adam({ learningRate: 0.1 }))
    const onDevice = { x: tensor(rows.x), y: tensor(rows.y) }
    const resume = await loadCheckpoint(store)
    expect((await fit(again, onDevice, { ...plain, optimizer, epochs: 2, resume })).iterations).toBe(2)
  })
  /** What differs between a run and the one that would go on from it, as the refusal lists it; undefined where it goes on. */
  async function refusal(
    before: Partial<FitOptions>,
    now: Partial<FitOptions>,
    [modelBefore, modelNow]: readonly [Layer, Layer] = [tanh, tanh],
  ): Promise<string | undefined> {
    const store = memoryStore()
    disposeTree(await fit(modelBefore, rows, { ...plain, ...before, callbacks: [checkpoint(store)] }))
    const held = backend.memory()
    const resume = await loadCheckpoint(store)
    try {
      disposeTree(await fit(modelNow, rows, { ...plain, ...now, epochs: 2, resume }))
      return undefined
    } catch (error) {
      expect(error).toMatchObject({ code: 'BAD_CHECKPOINT' })
      expect(backend.memory()).toEqual(held)
      return (error as Error).message.split('of another run: ')[1]!.split('. A run')[0]!
    }
  }

  test('what does not fit is refused, whatever is overlooked', async () => {
    const store = memoryStore()
    disposeTree(await fit(tanh, rows, { ...plain, callbacks: [checkpoint(store)] }))
    const held = backend.memory()
    const resume = await loadCheckpoint(store)
    const wider = sequential([dense(3, { activation: 'tanh' }), dense(1)])
    const refused = {
      code: 'BAD_CHECKPOINT',
      message: expect.stringMatching(/is of another model or optimizer/) as string,
    }
    const despite = { ...plain, epochs: 2, resume, resumeDespite: ['model', 'optimizer'] } as const
    await expect(fit(wider, rows, despite)).rejects.toMatchObject(refused)
    await expect(fit(tanh, rows, { ...despite, optimizer: sgd() })).rejects.toMatchObject(refused)
    expect(backend.memory()).toEqual(held)
  })

  describe('validation rows', () => {
    const held = { x: [[3], [4]], y: [[0], [1]] }
    const fold = (train: number[], test: number[]) => ({
      validation: { trainIndices: Int32Array.from(train), testIndices: Int32Array.from(test) },
    })
    test('given as data', async () => {
      const other = { ...held, x: [[3], [5]] }
      const before = { validation: held }
      expect(await refusal(before, { validation: { x: tensor(held.x), y: tensor(held.y) } })).toBeUndefined()
      expect(await refusal(before, { validation: other })).toMatch(/^validation\.x was "crc32 \w+", is "crc32 \w+"$/)
      expect(await refusal(before, { validation: { ...held, y: [[1], [1]] } })).toMatch(/^validation\.y was "crc32/)
      expect(await refusal(before, { validation: { ...held, sampleWeights: [1, 2] } })).toMatch(
        /^validation\.sampleWeights was null, is "crc32/,
      )
      expect(await refusal(before, {})).toMatch(/^validation was \{"x":"crc32.*, is null$/)
      expect(await refusal(before, { validation: other, resumeDespite: ['validation'] })).toBeUndefined()
    })
    test('of a fold, or of a source, whose rows are not compared', async () => {
      expect(await refusal(fold([0, 1], [2]), fold([0, 1], [2]))).toBeUndefined()
      expect(await refusal(fold([0, 1], [2]), fold([0, 2], [1]))).toMatch(
        /^trainIndices was "crc32 \w+", is "crc32 \w+"; validation\.indices was/,
      )
      expect(await refusal(fold([0], [1]), fold([0], [2]))).toMatch(/^validation\.indices was/)
      const source = (x: number) => ({ validation: { batches: () => [{ x: [[x]], y: [[0]] }] } })
      expect(await refusal(source(1), source(2))).toBeUndefined()
      expect(await refusal(source(1), { validation: held })).toMatch(/^validation was "a source", is \{"x"/)
    })
    test('a share is of the same rows, however they were chosen', async () => {
      const share = { validation: 0.5 }
      expect(await refusal(share, share)).toBeUndefined()
      expect(await refusal({ validation: 1 / 3, groups: [1, 1, 2] }, { validation: 1 / 3, groups: [1, 2, 2] })).toMatch(
        /trainIndices was "crc32/,
      )
    })
  })

  describe('functions of one’s own, by their names', () => {
    const losses = {
      squares: (p: Tensor) => mean(square(p)),
      alsoSquares: (p: Tensor) => mean(square(p)),
    }
    test('losses', async () => {
      const { squares, alsoSquares } = losses
      expect(await refusal({ loss: squares }, { loss: squares })).toBeUndefined()
      expect(await refusal({ loss: squares }, { loss: alsoSquares })).toBe('loss.name was "squares", is "alsoSquares"')
      const told = (power: number) =>
        Object.assign((p: Tensor) => mean(square(p)), { kind: 'mine', options: { power } })
      expect(await refusal({ loss: told(2) }, { loss: told(2) })).toBeUndefined()
      expect(await refusal({ loss: told(2) }, { loss: told(3) })).toBe('loss.power was 2, is 3')
    })
    test('metrics, and the options of ours', async () => {
      const first = () => 1
      const second = () => 2
      expect(await refusal({ metrics: { first } }, { metrics: { first } })).toBeUndefined()
      expect(await refusal({ metrics: { first } }, { metrics: { first: second } })).toBe(
        'metrics.first.name was "first", is "second"',
      )
    })
    test('activations and layers', async () => {
      const half = (x: Tensor) => mul(x, 0.5)
      const third = (x: Tensor) => mul(x, 1 / 3)
      const own = (activation: (x: Tensor) => Tensor, name = 'mine', units = 2): Layer =>
        sequential([layer({ name, apply: (_, x) => x }), dense(units, { activation }), dense(1)])
      expect(await refusal({}, {}, [own(half), own(half)])).toBeUndefined()
      expect(await refusal({}, {}, [own(half), own(third)])).toBe(
        'model.layers[1].activation.name was "half", is "third"',
      )
      expect(await refusal({}, {}, [own(half), own(half, 'yours')])).toBe('model.layers[0].kind was "mine", is "yours"')
      expect(await refusal({}, {}, [own(half), own(half, 'mine', 3)])).toBe('model.layers[1].units was 2, is 3')
    })
  })

  test('params beside it', async () => {
    const store = memoryStore()
    const { params } = await fit(tanh, rows, { ...plain, callbacks: [checkpoint(store)] })
    const resume = await loadCheckpoint(store)
    await expect(fit(tanh, rows, { ...plain, resume, params })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('leave params, state and optimizerState out') as string,
    })
    await expect(fit(tanh, rows, { ...plain, resume, resumeDespite: ['seed'] as never })).rejects.toThrow(
      /resumeDespite\[0\] must be 'model', .*got 'seed'/,
    )
  })
  test('memories of callbacks that are none', async () => {
    const store = memoryStore()
    disposeTree(await run({ store, epochs: 1 }))
    const good = (await loadCheckpoint(store))!
    const best = good.callbacks['earlyStopping']!
    const held = backend.memory()
    const wrong: Checkpoint['callbacks'][] = [
      { earlyStopping: { data: null } },
      { earlyStopping: { ...best, data: { best: 'x', waited: 0, epoch: 0 } } },
      { earlyStopping: { ...best, data: { best: 1, waited: 0.5, epoch: 0 } } },
      { earlyStopping: { ...best, data: { best: 1, waited: 0, epoch: -1 } } },
      { earlyStopping: { data: { best: 1, waited: 0, epoch: 0 } } },
      { earlyStopping: { ...best, tensors: { params: best.tensors! } } },
      { reduceOnPlateau: { data: null } },
      { reduceOnPlateau: { data: { best: null } } },
    ]
    for (const callbacks of wrong) {
      const damaged = memoryStore()
      await damaged.save(encodeCheckpoint({ ...good, callbacks: { ...good.callbacks, ...callbacks } }))
      await expect(run({ store: damaged })).rejects.toMatchObject({ code: 'BAD_CHECKPOINT' })
      expect(backend.memory()).toEqual(held)
    }
    const other = memoryStore()
    const tensors = { params: [], state: [] }
    await other.save(
      encodeCheckpoint({
        ...good,
        callbacks: { ...good.callbacks, earlyStopping: { data: { best: 1e9, waited: 0, epoch: 0 }, tensors } },
      }),
    )
    await expect(run({ store: other })).rejects.toThrow()
    expect(backend.memory()).toEqual(held)
  })
  test('damaged bytes, wherever they are cut or changed', async () => {
    const store = memoryStore()
    await run({ store, epochs: 1 })
    const bytes = (await store.load())!
    for (let length = 0; length < bytes.length; length += 97)
      expect(() => decodeCheckpoint(bytes.slice(0, length))).toThrow(
        expect.objectContaining({ code: 'BAD_CHECKPOINT' }) as Error,
      )
    for (let at = 0; at < 24; at++) {
      const changed = bytes.slice()
      changed[at]! ^= 0xff
      expect(() => decodeCheckpoint(changed), `byte ${at}`).toThrow(
        expect.objectContaining({ code: 'BAD_CHECKPOINT' }) as Error,
      )
    }
  })
  test('a header that lies about its tensors', async () => {
    const store = memoryStore()
    await run({ store, epochs: 1 })
    const whole = decodeCheckpoint((await store.load())!)
    const lying = (shape: readonly number[]) =>
      encodeCheckpoint({ ...whole, params: { dtype: 'float32', shape, data: new Float32Array(1) } })
    expect(decodeCheckpoint(lying([1])).params).toMatchObject({ shape: [1] })
    for (const shape of [[1e9], [-1], [0.5], [Number.MAX_SAFE_INTEGER, 2]])
      expect(() => decodeCheckpoint(lying(shape)), String(shape)).toThrow(
        expect.objectContaining({ code: 'BAD_CHECKPOINT' }) as Error,
      )
  })
})

describe('the format', () => {
  test('keeps NaN and infinities of a history, and every bit of a tensor', async () => {
    const store = memoryStore()
    await run({ store, epochs: 1 })
    const checkpointed = decodeCheckpoint((await store.load())!)
    const odd = {
      ...checkpointed,
      history: { loss: [NaN, Infinity, -0] },
      params: { dtype: 'float64' as const, shape: [2], data: Float64Array.of(Number.MIN_VALUE, -0) },
    }
    const back = decodeCheckpoint(encodeCheckpoint(odd))
    expect(back.history.loss).toEqual([NaN, Infinity, -0])
    expect(back.params).toEqual(odd.params)
    expect(decodeCheckpoint(encodeCheckpoint(checkpointed))).toEqual(checkpointed)
  })
})

test.each([
  [
    {},
    [
      [1, 4],
      [2, 8],
      [3, 12],
      [4, 16],
      [5, 20],
    ],
  ],
  [
    { everyEpochs: 2 },
    [
      [2, 8],
      [4, 16],
      [5, 20],
    ],
  ],
  [{ everyEpochs: 9 }, [[5, 20]]],
  [
    { everyEpochs: 3, everyIterations: 7 },
    [
      [1, 7],
      [3, 12],
      [3, 14],
      [5, 20],
    ],
  ],
])('checkpoint(store, %j) is written after %j epochs and steps', async (options, expected) => {
  // prettier-ignore
  const written: number[][] = []
  const save = (bytes: Uint8Array): void => {
    const { epoch, iteration } = decodeCheckpoint(bytes).progress
    written.push([epoch, iteration])
  }
  const store = { ...memoryStore(), save: async (bytes: Uint8Array) => save(bytes) }
  const whole = { loss: sparseCrossEntropy({ fromLogits: true }), optimizer: adam(), epochs: 5, batchSize: 10 }
  await fit(sequential([dense(3)]), data, { ...whole, callbacks: [checkpoint(store, options)] })
  expect(written).toEqual(expected)
})

describe('a memory that would not come back ends the run at the first checkpoint, not at the resume', () => {
  const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)])
  const remembering = (memory: unknown, store: FileStore, name = 'own') =>
    fit(dense(3), data, {
      loss: sparseCrossEntropy({ fromLogits: true }),
      optimizer: sgd({ learningRate: 0.1 }),
      epochs: 1,
      callbacks: [{ name, save: () => ({ data: memory as never }), load: () => undefined }, checkpoint(store)],
    })
  test.each<[string, unknown, RegExp]>([
    ['NaN, which JSON makes null', { best: NaN }, /data\.best is NaN/],
    ['Infinity', -Infinity, /data is -Infinity/],
    ['a Map, which JSON makes {}', { seen: new Map([[1, 2]]) }, /data\.seen is an instance of a class/],
    ['numbers that are no list', Float64Array.of(1), /data is an instance of a class/],
    ['undefined', undefined, /data is undefined/],
    ['a bigint', [1n], /data\[0\] is a bigint/],
    ['a name that objects inherit', { constructor: 1 }, /a member named constructor/],
    ['deeper than files are read', deep(99), /nested more than 100 deep/],
  ])('%s', async (_, memory, message) => {
    const store = memoryStore()
    const trained = remembering(memory, store)
    await expect(trained).rejects.toThrow(message)
    await expect(trained).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', details: { callback: 'own' } })
    expect(await store.load()).toBeUndefined()
  })
  test('a name that objects inherit', async () => {
    await expect(remembering(1, memoryStore(), 'constructor')).rejects.toThrow(
      /the callback 'constructor' cannot be saved.*\[INVALID_ARGUMENT\]/,
    )
  })
  test.each([5, Float32Array.of(1), { a: 'text' }])('tensors that are none: %o', async (tensors) => {
    const own = { name: 'own', save: () => ({ data: null, tensors: tensors as never }) }
    const options = { loss: sparseCrossEntropy({ fromLogits: true }), optimizer: sgd({ learningRate: 0.1 }), epochs: 1 }
    await expect(fit(dense(3), data, { ...options, callbacks: [own, checkpoint(memoryStore())] })).rejects.toThrow(
      /keeps trees of tensors, got .*\[INVALID_ARGUMENT\]/,
    )
  })
  test('callbacks whose names and tensors meet keep each its own', async () => {
    const [one, two] = [tensor([1]), tensor([2])]
    const store = memoryStore()
    const options = { loss: sparseCrossEntropy({ fromLogits: true }), optimizer: sgd({ learningRate: 0.1 }), epochs: 1 }
    const callbacks = [
      { name: 'a.b', save: () => ({ data: null, tensors: { c: one } }) },
      { name: 'a', save: () => ({ data: null, tensors: { b: { c: two } } }) },
      { name: 'a%2Eb', save: () => ({ data: null, tensors: { c: two } }) },
    ]
    await fit(dense(3), data, { ...options, callbacks: [...callbacks, checkpoint(store)] })
    const kept = (value: number) => ({ shape: [1], data: Float32Array.of(value) })
    expect((await loadCheckpoint(store))!.callbacks).toMatchObject({
      'a.b': { tensors: { c: kept(1) } },
      a: { tensors: { b: { c: kept(2) } } },
      'a%2Eb': { tensors: { c: kept(2) } },
    })
  })
  test('all else comes back', async () => {
    for (const memory of [null, -1.5, 'text', [], {}, deep(98), { a: [true, { b: null }] }]) {
      const store = memoryStore()
      disposeTree((await remembering(memory, store)).params)
      expect((await loadCheckpoint(store))!.callbacks['own']).toEqual({ data: memory })
    }
  })
})

test('checkpoint refuses what it cannot use', async () => {
  for (const store of [undefined, 'run.ckpt', { save: 1 }]) {
    expect(() => checkpoint(store as never)).toThrow(/the store must be fileStore\(path\).*INVALID_ARGUMENT/)
  }
  for (const options of [{ everyEpochs: 0 }, { everyIterations: 0.5 }]) {
    expect(() => checkpoint(memoryStore(), options)).toThrow(/must be a whole number >= 1.*INVALID_ARGUMENT/)
  }
  expect(() => checkpoint(memoryStore(), JSON.parse('{"every":1}') as object)).toThrow(/UNKNOWN_OPTION/)
  await expect(run({ store: fileStore('no/such/folder/run'), epochs: 1 })).rejects.toMatchObject({ code: 'BAD_FILE' })
})

describe('fileStore', () => {
  test('goes on from a file, and leaves nothing else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'neurite-'))
    const file = join(folder, 'run.safetensors')
    const store = fileStore(file)
    expect(await loadCheckpoint(store)).toBeUndefined()
    await run({ store, epochs: 2 })
    expect((await loadCheckpoint(store))?.progress.epoch).toBe(2)
    expect(await bitsOf(await run({ store, epochs: 4 }))).toEqual(await bitsOf(await run({ epochs: 4 })))
    expect(await readdir(folder)).toEqual(['run.safetensors'])
    await rm(folder, { recursive: true })
  })
})
