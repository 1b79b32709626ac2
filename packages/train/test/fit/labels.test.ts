import { cpu } from '@neurite/backend-cpu'
import { add, mean, setDefaultBackend, square, tensor, type Backend, type Tensor } from '@neurite/core'
import {
  binaryCrossEntropy,
  crossEntropy,
  focalCrossEntropy,
  hinge,
  klDivergence,
  mse,
  sparseCrossEntropy,
  type Loss,
} from '@neurite/losses'
import { activation, dense, dropout, flatten, graph, call, input, sequential, type Layer } from '@neurite/nn'
import { adagrad, adam, nadam, rmsprop, sgd } from '@neurite/optimizers'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { diagnose, evaluate, fit, type Dataset, type FitOptions } from '../../src/index.js'

let backend: Backend
beforeEach(() => {
  backend = cpu()
  setDefaultBackend(backend)
})

const x = [[0.1], [0.2], [-0.3]]
const good: { readonly [width: number]: Dataset['y'] } = { 1: [[0], [1], [0]], 3: [0, 1, 2] }
/** A loss of one's own, which says what its targets are. */
const own = (about: Partial<Loss>): Loss => Object.assign((prediction: Tensor) => mean(square(prediction)), about)

const refused: readonly [what: string, width: number, loss: Loss, y: Dataset['y'], says: RegExp][] = [
  [
    'labels 1 to 3 for three classes',
    3,
    sparseCrossEntropy({ fromLogits: true }),
    [1, 2, 3],
    /y: row 2 has class 3, the model has 3 classes: 0 to 2; .*labelEncoder/,
  ],
  ['a negative class', 3, sparseCrossEntropy, [0, -1, 2], /row 1 has class -1, the model has 3 classes/],
  ['binary labels 1 and 2', 1, binaryCrossEntropy, [1, 2, 1], /row 1 is 2, but binaryCrossEntropy takes 0 and 1/],
  [
    'binary labels -1 and 1',
    1,
    binaryCrossEntropy({ fromLogits: true }),
    [1, 1, -1],
    /row 2 is -1, but binaryCrossEntropy takes 0 and 1.*labelEncoder/,
  ],
  ['hinge with 0 and 1', 1, hinge, [1, 0, 1], /row 1 is 0, but hinge takes -1 and 1; .*2 \* y - 1/],
  [
    'rows that add up to 2',
    3,
    crossEntropy,
    [
      [1, 0, 0],
      [1, 1, 0],
      [0, 0, 1],
    ],
    /row 1 is \[1, 1, 0\], but crossEntropy takes one-hot rows.*binaryCrossEntropy/,
  ],
  [
    'rows with a negative share',
    3,
    klDivergence({ fromLogits: true }),
    [
      [1, 0, 0],
      [0, 0, 1],
      [2, -1, 0],
    ],
    /row 2 is \[2, -1, 0\], but klDivergence/,
  ],
  [
    'one output for classes',
    1,
    crossEntropy,
    [[1], [1], [1]],
    /crossEntropy compares classes, but the model has one output/,
  ],
  [
    'focal, one output',
    1,
    focalCrossEntropy,
    [[0], [1], [1]],
    /focalCrossEntropy compares classes.*binaryCrossEntropy/,
  ],
  ['a class beyond, by a loss of one’s own', 3, own({ targets: 'indices' }), [0, 1, 3], /row 2 has class 3/],
  [
    'a sign, by a loss of one’s own',
    1,
    own({ targets: 'signs', kind: 'margin' }),
    [0, 1, 1],
    /but margin takes -1 and 1/,
  ],
  [
    'a share, by a loss of one’s own',
    1,
    own({ targets: 'values', expects: 'logits' }),
    [0, 1, 1.5],
    /row 2 is 1.5, but the loss takes 0 and 1/,
  ],
]

describe('targets that a loss cannot mean are refused before the first step, by row', () => {
  for (const [what, width, loss, y, says] of refused) {
    const model = sequential([dense(width)])
    const options: FitOptions = { loss, optimizer: sgd(), epochs: 1, onWarning: () => undefined }
    const error = { code: 'INVALID_ARGUMENT', message: expect.stringMatching(says) as string }
    const asTensor = (): Tensor => tensor(y as number[][], { dtype: loss.targets === 'indices' ? 'int32' : 'float32' })
    test(what, async () => {
      const steps = vi.fn()
      const before = backend.memory().buffers
      await expect(fit(model, { x, y }, { ...options, onIteration: steps })).rejects.toMatchObject(error)
      await expect(fit(model, { batches: () => [{ x, y }] }, options)).rejects.toMatchObject(error)
      const { params } = model.init({ inputShape: [1] })
      const held = backend.memory().buffers
      await expect(evaluate(model, params, { x, y }, { loss })).rejects.toMatchObject(error)
      await expect(evaluate(model, params, { batches: () => [{ x, y }] }, { loss })).rejects.toMatchObject(error)
      await expect(diagnose(model, { x, y }, { loss })).rejects.toMatchObject(error)
      if (width > 1 || loss.targets === 'signs') {
        const validation = { x, y }
        const trained = {
          x,
          y:
            loss.targets === 'signs'
              ? [1, -1, 1]
              : loss.targets === 'rows'
                ? [
                    [1, 0, 0],
                    [0, 1, 0],
                    [0, 0, 1],
                  ]
                : good[3]!,
        }
        await expect(fit(model, trained, { ...options, validation, onIteration: steps })).rejects.toMatchObject({
          ...error,
          message: expect.stringContaining('fit: validation: y') as string,
        })
      }
      expect(steps).not.toHaveBeenCalled()
      expect(backend.memory().buffers).toBe(held)
      expect(held - before).toBe(2)
      const on = asTensor()
      await expect(fit(model, { x, y: on }, options)).rejects.toMatchObject(error)
      on.dispose()
    })
  }

  test('a stream is refused at the batch that shows it', async () => {
    const seen: number[] = []
    const batches = function* () {
      yield { x, y: [0, 1, 2] }
      yield { x, y: [0, 1, 3] }
    }
    const loss = sparseCrossEntropy({ fromLogits: true })
    const training = fit(
      sequential([dense(3)]),
      { batches },
      { loss, optimizer: sgd(), epochs: 1, onIteration: ({ iteration }) => void seen.push(iteration) },
    )
    await expect(training).rejects.toMatchObject({
      message: expect.stringMatching(/batch 1 of epoch 0: y: row 2 has class 3/) as string,
    })
    expect(seen).toEqual([0])
  })

  test('what they can mean is taken: soft labels, rounded rows, signs, sequences of classes', async () => {
    const options = { optimizer: sgd(), epochs: 1, onWarning: () => undefined }
    const soft = [
      [0.9, 0.05, 0.05],
      [0.333, 0.333, 0.333],
      [0, 0, 1],
    ]
    await fit(sequential([dense(3)]), { x, y: soft }, { ...options, loss: crossEntropy({ fromLogits: true }) })
    await fit(sequential([dense(1)]), { x, y: [0, 0.25, 1] }, { ...options, loss: binaryCrossEntropy })
    await fit(sequential([dense(1)]), { x, y: [-1, 1, 1] }, { ...options, loss: hinge })
    await fit(sequential([dense(1)]), { x, y: [-7, 100, 2] }, { ...options, loss: mse })
    const words = { x: [[[1], [2]]], y: [[0, 2]] }
    const loss = sparseCrossEntropy({ fromLogits: true })
    await fit(sequential([dense(3)]), words, { ...options, loss })
    await expect(fit(sequential([dense(3)]), { ...words, y: [[0, 3]] }, { ...options, loss })).rejects.toThrow(
      /row 0 has class 3/,
    )
  })
})

const ends = (last: Parameters<typeof activation>[0] | undefined, width = 3): Layer[] => {
  const node = input([1])
  const layers = [dense(width), ...(last === undefined ? [] : [activation(last)]), dropout(0.1), flatten()]
  return [
    sequential([dense(4), sequential([dense(width, { activation: last ?? 'identity' })])]),
    sequential(layers),
    graph({ inputs: node, outputs: call(dropout(0.1), call(dense(width, { activation: last ?? 'identity' }), node)) }),
  ]
}

describe('what spoils training is warned of, once', () => {
  const warningsOf = async (model: Layer, loss: Loss, y: Dataset['y']): Promise<string[]> => {
    const warnings: string[] = []
    await fit(
      model,
      { x, y },
      { loss, optimizer: sgd(), epochs: 1, onWarning: (message) => void warnings.push(message) },
    )
    return warnings
  }
  test.each(ends('softmax'))('softmax at the end', async (model) => {
    expect(await warningsOf(model, sparseCrossEntropy({ fromLogits: true }), good[3]!)).toEqual([
      expect.stringMatching(/^fit: outputs are probabilities, but sparseCrossEntropy has fromLogits: true/),
    ])
    expect(await warningsOf(model, sparseCrossEntropy, good[3]!)).toEqual([])
    expect(
      await warningsOf(model, own({ targets: 'indices', expects: 'logits', kind: 'mine' }), good[3]!),
    ).toHaveLength(1)
  })
  test.each(ends(undefined))('nothing at the end', async (model) => {
    expect(await warningsOf(model, sparseCrossEntropy, good[3]!)).toEqual([
      expect.stringMatching(/^fit: outputs are not probabilities, but sparseCrossEntropy.*end the model with softmax/),
    ])
    expect(await warningsOf(model, sparseCrossEntropy({ fromLogits: true }), good[3]!)).toEqual([])
  })
  test('one output', async () => {
    const y = [0, 1, 1]
    for (const model of ends('sigmoid', 1)) {
      expect(await warningsOf(model, binaryCrossEntropy, y)).toEqual([])
      expect(await warningsOf(model, binaryCrossEntropy({ fromLogits: true }), y)).toHaveLength(1)
    }
    for (const model of ends('tanh', 1))
      expect(await warningsOf(model, binaryCrossEntropy, y)).toEqual([
        expect.stringContaining('end the model with sigmoid') as string,
      ])
  })
  test('nothing is said of what is not known: a function without a name, a sum of branches', async () => {
    const node = input([1])
    const sum = graph({
      inputs: node,
      outputs: { kind: 'add', shape: [3], inputs: [call(dense(3), node), call(dense(3), node)] },
    })
    for (const model of [sequential([dense(3, { activation: (h) => add(h, 1) })]), sum])
      expect(await warningsOf(model, sparseCrossEntropy, good[3]!)).toEqual([])
  })
  test('the console is told once', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const model = sequential([dense(3, { activation: 'softmax' })])
    const loss = crossEntropy({ fromLogits: true })
    const y = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]
    for (let run = 0; run < 2; run++) await fit(model, { x, y }, { loss, optimizer: sgd(), epochs: 1 })
    expect(warn).toHaveBeenCalledTimes(1)
    warn.mockRestore()
  })
})

test('softmax over one output is refused, whatever the loss', async () => {
  const model = sequential([dense(1, { activation: 'softmax' })])
  const error = { code: 'INVALID_ARGUMENT', message: expect.stringMatching(/softmax over one output/) as string }
  for (const loss of [mse, binaryCrossEntropy]) {
    await expect(fit(model, { x, y: [0, 1, 1] }, { loss, optimizer: sgd(), epochs: 1 })).rejects.toMatchObject(error)
    await expect(diagnose(model, { x, y: [0, 1, 1] }, { loss })).rejects.toMatchObject(error)
  }
})

describe('an optimizer that stands still, since squares of gradients are more than float32 holds, is warned of', () => {
  const warningsOf = async (optimizer: FitOptions['optimizer'], unit: number, dtype?: 'float64'): Promise<string[]> => {
    const warnings: string[] = []
    const { history } = await fit(
      sequential([dense(1)]),
      { x: [1, 2, 3, 4].map((value) => [value * unit]), y: [1, 2, 3, 4] },
      { loss: mse, optimizer, epochs: 2, ...(dtype && { dtype }), onWarning: (message) => void warnings.push(message) },
    )
    // No loss shows it.
    if (warnings.length > 0) expect(history.loss[1]).toBe(history.loss[0])
    return warnings
  }
  test.each(Object.entries({ adam, nadam, rmsprop, adagrad }))('%s', async (_, make) => {
    // Milliseconds since 1970.
    expect(await warningsOf(make(), 1.7e12)).toEqual([
      expect.stringMatching(/^fit: the optimizer's state is not finite.*standardScaler/),
    ])
    expect(await warningsOf(make(), 1)).toEqual([])
    expect(await warningsOf(make(), 1.7e12, 'float64')).toEqual([])
  })
})
