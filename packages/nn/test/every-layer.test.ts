import {
  add,
  checkGradients,
  compile,
  key,
  mapTree,
  matmul,
  memory,
  mul,
  randomNormal,
  reshape,
  setDefaultBackend,
  square,
  sum,
  tensor,
  tensorsIn,
  tidy,
  valueAndGrad,
  type Key,
  type Tensor,
  type Tree,
} from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { beforeAll, describe, expect, test } from 'vitest'
import { countParams, embedding, layerFromConfig, resolveActivation, summary } from '../src/index.js'
import { expectClose } from './support/expect-close.js'
import { SPECIMENS, type Specimen } from './support/every-layer.js'

beforeAll(() => {
  setDefaultBackend(cpu())
})

const isEmbedding = ({ layer }: Specimen): boolean => layer.name === embedding(1, 1).name

function batchFor(specimen: Specimen, dtype: 'float32' | 'float64', n = 3): Tensor {
  const shape = [n, ...specimen.inputShape]
  if (isEmbedding(specimen))
    return tensor(
      Int32Array.from({ length: n * 4 }, (_, i) => (i * 5) % 6),
      { shape },
    )
  return randomNormal(key(11), shape, { dtype })
}

/** Params moved off their symmetric start, so that no gradient is 0 by accident. */
function started(
  { layer, inputShape }: Specimen,
  dtype: 'float32' | 'float64' = 'float64',
  seed = 3,
): { params: Tree; state: Tree } {
  return layer.init({ inputShape, seed, dtype })
}

const values = async (tree: unknown): Promise<number[][]> =>
  Promise.all(tensorsIn(tree).map(async (x) => Array.from(await x.data())))

describe.each(SPECIMENS)('$name', (specimen) => {
  const { layer, inputShape, outputShape, parameters, wrong } = specimen

  test('makes outputs of the shape it promises, in its dtype', () => {
    expect(layer.outputShape(inputShape)).toEqual(outputShape)
    for (const dtype of ['float32', 'float64'] as const) {
      const { params, state } = started(specimen, dtype)
      const y = layer.apply(params, batchFor(specimen, dtype), { state })
      expect(y.shape).toEqual([3, ...outputShape])
      expect(y.dtype).toBe(dtype)
    }
  })

  test('apply is the output of forward, with the same random numbers', async () => {
    const { params, state } = started(specimen)
    const x = batchFor(specimen, 'float64')
    for (const training of [false, true]) {
      const options = { training, random: key(2) }
      const [output] = layer.forward(params, state, x, options)
      expect(await values(layer.apply(params, x, { ...options, state }))).toEqual(await values(output))
    }
  })

  test('keeps the structure of its state', () => {
    const { params, state } = started(specimen)
    for (const training of [false, true]) {
      const [, next] = layer.forward(params, state, batchFor(specimen, 'float64'), { training, random: key(0) })
      expect(mapTree((x) => x, next, state)).toBeDefined()
      expect(tensorsIn(next).map(({ shape, dtype }) => [shape, dtype])).toEqual(
        tensorsIn(state).map(({ shape, dtype }) => [shape, dtype]),
      )
    }
  })

  test('takes a batch of one', () => {
    const { params, state } = started(specimen, 'float32')
    expect(layer.apply(params, batchFor(specimen, 'float32', 1), { state }).shape).toEqual([1, ...outputShape])
  })

  test('counts its parameters without making them', () => {
    expect(countParams(started(specimen).params)).toBe(parameters)
    expect(summary(layer, inputShape).parameters).toBe(parameters)
  })

  test('the seed decides the params, whatever the dtype', async () => {
    const first = await values(started(specimen, 'float64', 5))
    expect(await values(started(specimen, 'float64', 5))).toEqual(first)
    const rounded = first.map((tensor) => tensor.map(Math.fround))
    for (const [i, tensor] of (await values(started(specimen, 'float32', 5))).entries()) {
      tensor.forEach((value, j) => expect(value).toBeCloseTo(rounded[i]![j]!, 5))
    }
    if (parameters > 0 && !layer.name.endsWith('Norm'))
      expect(await values(started(specimen, 'float64', 6))).not.toEqual(first)
  })

  if (parameters > 0)
    test('gradients of its params agree with differences', async () => {
      const { params, state } = started(specimen)
      const leaves = tensorsIn(params)
      const x = batchFor(specimen, 'float64')
      // Numbers in the order of the leaves, put back into the tree.
      const rebuild = (tree: Tree, next: Tensor[]): Tree =>
        'dtype' in tree && 'requireStorage' in tree
          ? next.shift()!
          : Array.isArray(tree)
            ? tree.map((child: Tree) => rebuild(child, next))
            : Object.fromEntries(
                Object.entries(tree).map(([name, child]: [string, Tree]) => [name, rebuild(child, next)]),
              )
      for (const training of [false, true]) {
        const check = await checkGradients(
          (...next) => layer.apply(rebuild(params, [...next]), x, { training, random: key(4), state }),
          leaves,
        )
        expect(check).toMatchObject({ ok: true })
      }
    })

  if (!isEmbedding(specimen))
    test('the gradient of its input agrees with differences', async () => {
      const { params, state } = started(specimen)
      for (const training of [false, true]) {
        const check = await checkGradients(
          (x) => layer.apply(params, x, { training, random: key(4), state }),
          [batchFor(specimen, 'float64')],
        )
        expect(check).toMatchObject({ ok: true })
      }
    })

  test('compiled it is what it is eagerly, training and gradients included', async () => {
    const { params, state } = started(specimen)
    const x = batchFor(specimen, 'float64')
    const step = (
      p: Tree,
      s: Tree,
      input: Tensor,
      random: Key,
    ): { loss: Tensor; gradients: Tree; state: Tree; y: Tensor } => {
      const [loss, gradients] = valueAndGrad((q: Tree) =>
        sum(square(layer.forward(q, s, input, { training: true, random })[0])),
      )(p)
      const [y, next] = layer.forward(p, s, input, { training: true, random })
      return { loss, gradients, state: next, y }
    }
    // A layer without params has no gradient to ask for.
    const run =
      parameters > 0
        ? step
        : (p: Tree, s: Tree, input: Tensor, random: Key): Tree =>
            layer.apply(p, input, { training: true, random, state: s })
    const eager = await values(run(params, state, x, key(9)))
    const compiled = compile(run)
    const replayed = await values(compiled(params, state, x, key(9)))
    compiled.dispose()
    expect(replayed.length).toBe(eager.length)
    for (const [i, tensor] of replayed.entries())
      tensor.forEach((value, j) => expect(value).toBeCloseTo(eager[i]![j]!, 12))
  })

  test('survives as plain data', async () => {
    const again = layerFromConfig(JSON.parse(JSON.stringify(layer.config)) as typeof layer.config & object)
    expect(again.config).toEqual(layer.config)
    expect(again.name).toBe(layer.name)
    const [a, b] = [started(specimen), again.init({ inputShape, seed: 3, dtype: 'float64' })]
    expect(await values(b)).toEqual(await values(a))
    const x = batchFor(specimen, 'float64')
    expect(await values(again.apply(b.params, x, { state: b.state }))).toEqual(
      await values(layer.apply(a.params, x, { state: a.state })),
    )
  })

  if (!isEmbedding(specimen))
    test('makes of its input what `map` says', async () => {
      const plain = layer.withActivation?.('identity') ?? layer
      const { params, state } = started(specimen)
      const [x, y] = [batchFor(specimen, 'float64'), randomNormal(key(12), [3, ...inputShape], { dtype: 'float64' })]
      const at = async (input: Tensor): Promise<number[]> =>
        Array.from(await plain.apply(params, input, { state }).data())
      const [atX, atY, atMean] = await Promise.all([at(x), at(y), at(mul(add(x, y), 0.5))])
      const affine = atMean.every((value, i) => Math.abs(value - (atX[i]! + atY[i]!) / 2) < 1e-10)
      // What is made of layers is as linear as they are, and says so by them.
      if (layer.layers === undefined) expect(affine).toBe(layer.map !== undefined)
      if (layer.map === 'identity') expect(outputShape).toEqual(inputShape)
      if (layer.map === 'identity' || layer.map === 'reshape') expect(atX).toEqual(Array.from(await x.data()))
      if (layer.map === 'matrix') {
        const { weight, bias } = params as { readonly weight: Tensor; readonly bias?: Tensor }
        const rows = matmul(reshape(x, [-1, weight.shape[0]!]), weight)
        await expectClose(bias === undefined ? rows : add(rows, bias), { shape: rows.shape, data: atX }, 1e-12)
      }
    })

  test('takes another activation, exactly if it has one', async () => {
    expect(layer.withActivation !== undefined).toBe(layer.activation !== undefined)
    if (layer.activation === undefined) return
    const { params } = started(specimen)
    const x = batchFor(specimen, 'float64')
    const phi = resolveActivation(layer.activation)
    const plain = layer.withActivation!('identity')
    const y = layer.apply(params, x)
    await expectClose(phi(plain.apply(params, x)), { shape: y.shape, data: await y.data() }, 1e-12)
    expect(plain.activation).toBe('identity')
    expect(plain.config).toEqual({ ...layer.config, activation: 'identity' })
    const again = plain.withActivation!(layer.activation)
    expect(await values(again.apply(params, x))).toEqual(await values(y))
    expect(layer.withActivation!((z) => z).config).toEqual({ ...layer.config, activation: 'custom' })
    expect(() => layer.withActivation!('tanhh' as never)).toThrow(/unknown activation "tanhh"/)
  })

  test('is the same around the same parts, if it is made of layers', async () => {
    expect(layer.wiring !== undefined).toBe(layer.layers !== undefined)
    if (layer.layers === undefined) return
    const { params, state } = started(specimen)
    const x = batchFor(specimen, 'float64')
    const again = layer.withLayers!(layer.layers.map((part) => ({ ...part })))
    expect(again.config).toEqual(layer.config)
    expect(again.wiring).toBe(layer.wiring)
    expect(await values(again.apply(params, x, { state }))).toEqual(await values(layer.apply(params, x, { state })))
    // The parts are really others.
    let calls = 0
    const counted = layer.withLayers!(
      layer.layers.map((part) => ({
        ...part,
        apply: (...args) => (calls++, part.apply(...args)),
        forward: (...args) => (calls++, part.forward(...args)),
      })),
    )
    counted.apply(params, x, { state })
    expect(calls).toBeGreaterThanOrEqual(layer.layers.length)
  })

  test('names itself when inputs do not fit', () => {
    const { params, state } = started(specimen, 'float32')
    expect(() => layer.apply(params, tensor(1), { state })).toThrow(new RegExp(`^${layer.name}.*batch`))
    if (wrong === undefined) return
    expect(() => layer.apply(params, randomNormal(key(1), [2, ...wrong]), { state })).toThrow(
      new RegExp(`^${layer.name}.*\\[SHAPE_MISMATCH\\]`, 's'),
    )
  })

  test('refuses unknown options', () => {
    const { params, state } = started(specimen, 'float32')
    const x = batchFor(specimen, 'float32')
    const misspelt = { trainning: true } as object
    expect(() => layer.init({ inputShape, ...misspelt })).toThrow(/UNKNOWN_OPTION/)
    expect(() => layer.apply(params, x, misspelt)).toThrow(/UNKNOWN_OPTION/)
    expect(() => layer.forward(params, state, x, misspelt)).toThrow(/UNKNOWN_OPTION/)
    expect(() => layer.init({ inputShape: [0] })).toThrow(/INVALID_ARGUMENT/)
  })

  if (parameters > 0)
    test('refuses params that are not its own', () => {
      const { state } = started(specimen, 'float32')
      const x = batchFor(specimen, 'float32')
      for (const alien of [{}, [], [{}, {}, {}], { weight: tensor([1]) }]) {
        expect(() => layer.apply(alien, x, { state })).toThrow(/NOT_INITIALIZED/)
      }
    })

  test('init keeps nothing but params and state', () => {
    const before = memory().buffers
    const made = tidy(() => started(specimen, 'float32'))
    expect(memory().buffers - before).toBe(tensorsIn(made).length)
  })
})

test('float64 and float32 outputs agree', async () => {
  for (const specimen of SPECIMENS.filter((s) => !isEmbedding(s))) {
    const [narrow, wide] = [started(specimen, 'float32'), started(specimen, 'float64')]
    const y = specimen.layer.apply(wide.params, batchFor(specimen, 'float64'), { state: wide.state })
    await expectClose(
      specimen.layer.apply(narrow.params, batchFor(specimen, 'float32'), { state: narrow.state }),
      { shape: y.shape, data: await y.data() },
      2e-5,
    )
  }
})
