import { childSeed, disposeTree, tensorsIn } from '@neurite/core'
import type { HostTensor } from '@neurite/files'
import { batchNorm, dense, sequential } from '@neurite/nn'
import { decodeCheckpoint, encodeCheckpoint, fit, type Checkpoint } from '@neurite/train'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { localSgd, localTraining, type LocalTraining } from '../src/index.js'
import { average, type Contribution, type Ended } from '../src/local-sgd/average.js'
import { Mean } from '../src/local-sgd/mean.js'
import { decodeModel, encodeModel, readContribution, uploadModel } from '../src/local-sgd/model-file.js'
import { outerStep } from '../src/local-sgd/outer-step.js'
import { diLoCo, fedAvg, numbersOf, reference, type Settings } from './support/local-sgd-reference.js'
import { BATCH, rich, rowsOf, trainings } from './support/trainings.js'

const float32 = (...values: number[]): HostTensor => ({
  dtype: 'float32',
  shape: [values.length],
  data: Float32Array.from(values),
})
const quiet = { signal: new AbortController().signal, save: () => Promise.resolve() }

/** Trains in this process what a cluster would: shard after shard, in bytes. */
async function simulate(training: LocalTraining, settings: Settings, order = (shards: number[]) => shards) {
  const { shards, rounds, steps, seed, outer, weights, keepOptimizer } = settings
  let ended: Ended | undefined
  let own: Uint8Array[] = []
  const losses: (number | null)[] = []
  for (let round = 0; round <= rounds; round++) {
    const came = new Map<number, { bytes: Uint8Array; loss: number | null }>()
    const model = ended && encodeModel(ended.model)
    for (const shard of order(Array.from({ length: round === 0 ? 1 : shards }, (_, i) => i))) {
      const input = { shard, shards, seed, steps: round === 0 ? 0 : steps, keepOptimizer, model, checkpoint: undefined }
      came.set(shard, (await training.run({ ...input, own: round < 2 ? undefined : own[shard] }, quiet))!)
    }
    const before = ended?.model
    const inOrder = async function* (): AsyncGenerator<Contribution> {
      for (let shard = 0; shard < came.size; shard++) {
        const { bytes, loss } = came.get(shard)!
        yield { loss, ...readContribution('test', bytes, before, weights) }
      }
    }
    ended = (await average(inOrder(), before, ended?.momentum ?? new Map(), outer))!
    own = [...came].sort(([a], [b]) => a - b).map(([, { bytes }]) => bytes)
    if (round > 0) losses.push(ended.loss)
  }
  const trees = uploadModel(
    decodeModel(encodeModel(ended!.model)),
    tensorsIn(rich.model.init({ inputShape: [2] }).params)[0]!.backend,
  )
  return { numbers: await numbersOf(trees.params), state: await numbersOf(trees.state), losses }
}

describe('the mean', () => {
  test('of equal float32 values is that value, whatever the weights', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 7 }),
        (values, weights) => {
          const mean = new Mean()
          for (const weight of weights) mean.add(new Map([['w', float32(...values)]]), weight)
          expect(Array.from(mean.take().get('w')!.data)).toEqual(values.map((value) => value + 0))
        },
      ),
    )
  })

  test('weighs, in float64', () => {
    const mean = new Mean()
    mean.add(new Map([['w', float32(1, 0.1)]]), 3)
    mean.add(new Map([['w', float32(5, 0.7)]]), 1)
    const [tenth, seven] = [Math.fround(0.1), Math.fround(0.7)]
    expect(mean.take().get('w')).toEqual({
      dtype: 'float64',
      shape: [2],
      data: Float64Array.of(2, (3 * tenth + seven) / 4),
    })
  })

  test('of what is not floating is the first', () => {
    const mean = new Mean()
    const count = (value: number): Map<string, HostTensor> =>
      new Map([['n', { dtype: 'int32', shape: [], data: Int32Array.of(value) }]])
    mean.add(count(3), 1)
    mean.add(count(9), 1)
    expect(mean.take().get('n')!.data).toEqual(Int32Array.of(3))
  })
})

describe('the outer optimizer', () => {
  const run = (outer: Settings['outer'], means: readonly number[]): number[] => {
    let [params, momentum] = [
      new Map([['params', float32(1)]]) as ReadonlyMap<string, HostTensor>,
      new Map() as ReadonlyMap<string, HostTensor>,
    ]
    return means.map((mean) => {
      const taken = new Map([['params', { dtype: 'float64' as const, shape: [1], data: Float64Array.of(mean) }]])
      ;({ params, momentum } = outerStep(params, taken, momentum, outer))
      return params.get('params')!.data[0]!
    })
  }

  test('with rate 1 and no momentum takes the mean, also of another scale', () => {
    expect(run(fedAvg.outer, [1e-20, 3, -1e20])).toEqual([1e-20, 3, -1e20].map(Math.fround))
  })

  test('is SGD in the form of PyTorch', () => {
    // torch.optim.SGD on the gradient params - mean: by hand, m <- 0.5 m + g; w <- w - 0.25 m.
    expect(run({ learningRate: 0.25, momentum: 0.5, nesterov: false }, [0, 0])).toEqual([0.75, 0.4375])
    // Nesterov: w <- w - 0.25 (g + 0.5 m).
    expect(run({ learningRate: 0.25, momentum: 0.5, nesterov: true }, [0, 0])).toEqual([0.625, 0.328125])
  })
})

const someSettings: fc.Arbitrary<Settings> = fc.record({
  shards: fc.integer({ min: 1, max: 4 }),
  rounds: fc.integer({ min: 1, max: 3 }),
  steps: fc.integer({ min: 1, max: 9 }),
  seed: fc.nat(1000),
  outer: fc.constantFrom(fedAvg.outer, diLoCo.outer, { learningRate: 0.5, momentum: 0.9, nesterov: false }),
  weights: fc.constantFrom('rows', 'equal'),
  keepOptimizer: fc.boolean(),
})

describe('a training in rounds', () => {
  test('equals the plain loop, to the bit', async () => {
    await fc.assert(
      fc.asyncProperty(someSettings, async (settings) => {
        const [got, wanted] = [await simulate(trainings.plain, settings), await reference(settings)]
        expect(got.numbers).toEqual(wanted.numbers)
        wanted.history.forEach(({ loss }, round) => expect(got.losses[round]).toBe(loss))
      }),
      { numRuns: 8 },
    )
  })

  test('does not depend on who is first', async () => {
    const settings = { shards: 3, rounds: 2, steps: 5, seed: 3, weights: 'rows', ...diLoCo } as const
    const [forth, back] = [
      await simulate(trainings.rich, settings),
      await simulate(trainings.rich, settings, (shards) => [...shards].reverse()),
    ]
    expect(back).toEqual(forth)
  })

  test('with one shard is one run of fit, dropout and running statistics among it', async () => {
    const settings = {
      shards: 1,
      rounds: 4,
      steps: 13,
      seed: 5,
      weights: 'rows',
      ...fedAvg,
      keepOptimizer: true,
    } as const
    const got = await simulate(trainings.rich, settings)
    // 50 rows in batches of 4 are 13 steps an epoch.
    const seed = childSeed(5, 'shard', 0)
    const whole = await fit(rich.model, rowsOf({ shard: 0, shards: 1 }), {
      loss: rich.loss,
      optimizer: rich.optimizer,
      batchSize: BATCH,
      epochs: 4,
      seed,
    })
    expect(got.numbers).toEqual(await numbersOf(whole.params))
    expect(got.state).toEqual(await numbersOf(whole.state))
    disposeTree([whole.params, whole.state, whole.optimizerState])
  })

  test('goes on after an interruption as if there had been none', async () => {
    const saved: Uint8Array[] = []
    const shard = {
      shard: 1,
      shards: 2,
      seed: 7,
      steps: 10,
      keepOptimizer: true,
      own: undefined,
      checkpoint: undefined,
    }
    const first = (await trainings.rich.run({ ...shard, shard: 0, steps: 0, model: undefined }, quiet))!
    const model = encodeModel(readContribution('test', first.bytes, undefined, 'rows').model)
    const save = async (bytes: Uint8Array): Promise<void> => void saved.push(bytes)
    const whole = (await trainings.rich.run({ ...shard, model }, { ...quiet, save }))!
    expect(saved.length).toBe(3)
    for (const checkpoint of saved) {
      const rest = (await trainings.rich.run({ ...shard, model, checkpoint }, quiet))!
      expect(rest).toEqual(whole)
    }
  })

  test('saves where it is when it is asked to stop', async () => {
    const stopping = new AbortController()
    const saved: Uint8Array[] = []
    const shard = {
      shard: 0,
      shards: 2,
      seed: 7,
      steps: 10,
      keepOptimizer: false,
      own: undefined,
      checkpoint: undefined,
    }
    const save = async (bytes: Uint8Array): Promise<void> => {
      saved.push(bytes)
      stopping.abort()
    }
    const first = (await trainings.rich.run({ ...shard, steps: 0, model: undefined }, quiet))!
    const model = encodeModel(readContribution('test', first.bytes, undefined, 'rows').model)
    expect(await trainings.rich.run({ ...shard, model }, { signal: stopping.signal, save })).toBe(undefined)
    const whole = await trainings.rich.run({ ...shard, model }, quiet)
    expect(await trainings.rich.run({ ...shard, model, checkpoint: saved.at(-1) }, quiet)).toEqual(whole)
  })
})

describe('a contribution', () => {
  const bytesWith = async (change: (checkpoint: Checkpoint) => Partial<Checkpoint>): Promise<Uint8Array> => {
    const input = {
      shard: 0,
      shards: 2,
      seed: 1,
      steps: 0,
      keepOptimizer: false,
      model: undefined,
      own: undefined,
      checkpoint: undefined,
    }
    const checkpoint = decodeCheckpoint((await trainings.plain.run(input, quiet))!.bytes)
    return encodeCheckpoint({ ...checkpoint, ...change(checkpoint) })
  }
  const like = async () => readContribution('test', await bytesWith(() => ({})), undefined, 'rows').model
  const read = async (change: (checkpoint: Checkpoint) => Partial<Checkpoint>, weights: 'rows' | 'equal' = 'rows') => {
    const [bytes, expected] = [await bytesWith(change), await like()]
    return readContribution('shard 3', bytes, expected, weights)
  }
  const withBias =
    (bias: HostTensor) =>
    ({ params }: Checkpoint) => ({
      params: (params as readonly Record<string, HostTensor>[]).map((layer, i) =>
        i === 0 ? { ...layer, bias } : layer,
      ),
    })

  test('counts as many as its rows', async () => {
    expect((await read(() => ({}))).weight).toBe(25)
    expect((await read(() => ({}), 'equal')).weight).toBe(1)
  })

  test.each([
    ['NaN', withBias(float32(0, NaN, 0)), 'NON_FINITE', /shard 3.*'params\.0\.bias' has NaN at 1/],
    ['an infinity', withBias(float32(0, 0, -Infinity)), 'NON_FINITE', /has -Infinity at 2/],
    [
      'another shape',
      withBias(float32(0, 0)),
      'SHAPE_MISMATCH',
      /'params\.0\.bias' is float32 \[2\], expected float32 \[3\]/,
    ],
    [
      'another dtype',
      withBias({ dtype: 'float64', shape: [3], data: new Float64Array(3) }),
      'SHAPE_MISMATCH',
      /is float64/,
    ],
    ['other layers', () => ({ params: [] }), 'SHAPE_MISMATCH', /it has no 'params\.0\./],
    ['more than the model has', () => ({ state: { extra: float32(1) } }), 'SHAPE_MISMATCH', /its tree is another one/],
    ['a nonsensical number of rows', () => ({ run: { trainRows: -1 } }), 'BAD_CHECKPOINT', /number of rows is -1/],
    ['rows that nobody counted', () => ({ run: {} }), 'NOT_SUPPORTED', /weights: 'equal'/],
  ])('with %s is refused by name', async (_, change, code, message) => {
    await expect(read(change)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })

  test('of any bytes is refused, and nothing else happens', async () => {
    const [bytes, expected] = [await bytesWith(() => ({})), await like()]
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const broken = bytes.slice()
        broken[at] = (broken[at]! + by) % 256
        expect(() => readContribution('shard 3', broken, expected, 'rows')).toThrowError(/shard 3/)
      }),
    )
    expect(() => readContribution('shard 3', new Uint8Array(7), expected, 'rows')).toThrowError(
      expect.objectContaining({ code: 'BAD_CHECKPOINT' }),
    )
  })
})

test('a shard of other rows on another machine is refused', async () => {
  const data = { x: [[1, 2]], y: [1] }
  const { loss, optimizer } = rich
  const model = sequential([dense(1), batchNorm()])
  const make = (x: number) => localTraining(model, () => ({ ...data, x: [[x, 2]] }), { loss, optimizer })
  const input = { shard: 0, shards: 1, seed: 1, steps: 1, keepOptimizer: true, own: undefined, checkpoint: undefined }
  const started = (await make(1).run({ ...input, steps: 0, model: undefined }, quiet))!
  const after = encodeModel(readContribution('test', started.bytes, undefined, 'rows').model)
  const own = (await make(1).run({ ...input, model: after }, quiet))!.bytes
  await expect(make(3).run({ ...input, model: after, own }, quiet)).rejects.toMatchObject({
    code: 'BAD_CHECKPOINT',
    message: expect.stringMatching(/x was/),
  })
})

describe('arguments', () => {
  const whole = { connection: 'postgres://nobody@127.0.0.1:1/none', shards: 1, rounds: 1, steps: 1 }

  test.each([
    [{ shards: 0 }, 'INVALID_ARGUMENT', /shards/],
    [{ steps: 1.5 }, 'INVALID_ARGUMENT', /steps/],
    [{ outer: { learningRate: 0 } }, 'INVALID_ARGUMENT', /learningRate/],
    [{ outer: { momentum: 1 } }, 'INVALID_ARGUMENT', /momentum/],
    [{ outer: { nesterov: true } }, 'INVALID_ARGUMENT', /nesterov needs momentum/],
    [{ outer: { momentun: 0.9 } }, 'UNKNOWN_OPTION', /momentun/],
    [{ weights: 'loss' }, 'INVALID_ARGUMENT', /weights/],
    [{ deadline: 0 }, 'INVALID_ARGUMENT', /deadline/],
    [{ epochs: 3 }, 'UNKNOWN_OPTION', /epochs/],
  ])('%j', async (wrong, code, message) => {
    await expect(localSgd('digits', { ...whole, ...wrong } as never)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })

  test('a training is a name', async () => {
    await expect(localSgd((() => 1) as never, whole)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })

  test('localTraining refuses what fit would', () => {
    const { loss, optimizer } = rich
    expect(() => localTraining(rich.model, rowsOf, { loss, optimizer, batchSize: 0 })).toThrow(/batchSize/)
    expect(() => localTraining(rich.model, rowsOf, { loss, optimizer, epochs: 3 } as never)).toThrow(/epochs/)
    expect(() => localTraining(rich.model, { x: [], y: [] } as never, { loss, optimizer })).toThrow(/data/)
  })
})
