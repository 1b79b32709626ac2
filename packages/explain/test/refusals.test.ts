import { cpu } from '@neurite/backend-cpu'
import { mul, NeuriteError, setDefaultBackend, tensor, type Tensor } from '@neurite/core'
import { mse } from '@neurite/losses'
import { activation, addNodes, call, dense, flatten, graph, input, sequential } from '@neurite/nn'
import { expect, test } from 'vitest'
import {
  approximate,
  approximationSvg,
  collapseLinear,
  gradientFlow,
  gradientFlowSvg,
  latexSteps,
  networkGraph,
  toDot,
  toSvg,
  traceBackprop,
  traceGraph,
  traceSvg,
} from '../src/index.js'

setDefaultBackend(cpu())

const model = sequential([dense(2, { activation: 'tanh' }), dense(1)])
const { params } = model.init({ inputShape: [3], seed: 1 })
const one = tensor(1, { dtype: 'float64' })
const trace = await traceBackprop((x: Tensor) => mul(x, x), one)
const drawn = await networkGraph(model, params)
const curve = (x: number): number => x * x

const CALLS: Readonly<Record<string, () => unknown>> = {
  'params that are no list': () => networkGraph(model, {}),
  'params of too few layers': () => networkGraph(model, [params[0]]),
  'params of too few layers, nested': () => networkGraph(sequential([model, dense(1)]), [[params[0]], params[1]]),
  'a layer without a weight': () => networkGraph(model, [{}, params[1]], { inputShape: [3] }),
  'a weight of another width': () => networkGraph(model, [{ ...params[0], weight: tensor([[1, 2]]) }, params[1]], { inputShape: [3] }), // prettier-ignore
  'a weight of one axis': () => networkGraph(dense(1), { weight: tensor([1]), bias: tensor([1]) }, { inputShape: [1] }),
  'no shape to be told': () => networkGraph(sequential([flatten(), activation('relu')]), [{}, {}]),
  'a shape that does not fit': () => networkGraph(model, params, { inputShape: [4, 4] }),
  'a shape of nothing': () => networkGraph(model, params, { inputShape: [0] }),
  'no model': () => networkGraph(7 as never, params),
  'no params': () => networkGraph(model, 7 as never),
  'no graph to draw': () => toSvg({} as never),
  'no graph to write': () => toDot(params as never),
  'too few nodes': () => toSvg(drawn, { maxNodes: 14 }),
  'as few nodes as can be': () => toSvg(drawn, { maxNodes: 15 }).length > 0,
  'too narrow': () => toSvg(drawn, { width: 319 }),
  'as narrow as can be': () => toSvg(drawn, { width: 320 }).length > 0,
  'half a pixel': () => traceSvg(trace, { width: 400.5 }),
  'a title that is none': () => traceSvg(trace, { title: 7 as never }),
  'a theme of nowhere': () => traceSvg(trace, { theme: 'blue' as never }),
  'no trace': () => traceSvg({} as never),
  'no trace as a graph': () => traceGraph(7 as never),
  'no trace to write': () => latexSteps({} as never),
  'a path to nothing': () => traceGraph(trace, { path: 'y' }),
  'steps of nothing': () => latexSteps(trace, { only: 'y' }),
  'no digits': () => latexSteps(trace, { digits: 0 }),
  'no function': () => traceBackprop(7 as never, one),
  'half a pair': () => traceBackprop({ model } as never, { params, x: [[1, 2, 3]], y: [[1]] } as never),
  'a pair of others': () => traceBackprop({ model: {}, loss: mse } as never, {} as never),
  'inputs of another kind': () => traceBackprop({ model, loss: mse }, { params, x: [[1, 2, 3]], z: [[1]] } as never),
  'a name of nothing': () => traceBackprop((x: Tensor, name) => name('', mul(x, 2)), one),
  'a name that is none': () => traceBackprop((x: Tensor, name) => name(7 as never, mul(x, 2)), one),
  'a name of no tensor': () => traceBackprop((x: Tensor, name) => name('z', 2 as never), one),
  'a name twice': () => traceBackprop((x: Tensor, name) => mul(name('z', mul(x, 2)), name('z', mul(x, 3))), one),
  'names of others': () => traceBackprop((p: { a: Tensor }) => p.a, { a: one }, { names: { a: { b: 'c' } } as never }),
  'one name for two': () => traceBackprop(([a, b]: Tensor[]) => mul(a!, b!), [one, one], { names: ['x', 'x'] }),
  'no flow': () => gradientFlowSvg([] as never),
  'no batch': () => gradientFlow(model, params, { x: [[1, 2, 3]] } as never, mse),
  'no loss': () => gradientFlow(model, params, { x: [[1, 2, 3]], y: [[1]] }, 7 as never),
  'no line': () => collapseLinear(model, params),
  'no line that is known': () => collapseLinear(dense(1, { activation: (x) => x }), { weight: tensor([[1]]), bias: tensor([0]) }), // prettier-ignore
  'no line of a product': () => {
    const x = input([2])
    const squared = graph({ inputs: x, outputs: addNodes([call(dense(2, { activation: 'relu' }), x), x]) })
    return collapseLinear(squared, squared.init({ inputShape: [2], seed: 1 }).params)
  },
  'no line of NaN': () => collapseLinear(dense(1), { weight: tensor([[NaN]]), bias: tensor([0]) }),
  'no line of an unknown shape': () => collapseLinear(flatten(), {}),
  'no domain': () => approximate(curve, { domain: [1, 1] }),
  'a domain upside down': () => approximate(curve, { domain: [1, 0] }),
  'a domain without end': () => approximate(curve, { domain: [0, Infinity] }),
  'a domain of four': () => approximate(curve, { domain: [[0, 1], [0, 1], [0, 1], [0, 1]] as never }), // prettier-ignore
  'no neurons': () => approximate(curve, { domain: [0, 1], neurons: 0 }),
  'steps below 0': () => approximate(curve, { domain: [0, 1], steps: -1 }),
  'a function that is none': () => approximate(7 as never, { domain: [0, 1] }),
  'a function that is not finite': () => approximate((x) => 1 / x, { domain: [0, 1], neurons: 2 }),
  'a function of text': () => approximate((() => 'x') as never, { domain: [0, 1], neurons: 2 }),
  'an activation of nowhere': () => approximate(curve, { domain: [0, 1], activation: 'softmax' }),
  'an end before it began': () => approximate(curve, { domain: [0, 1], signal: AbortSignal.abort(new Error('enough')) } as never), // prettier-ignore
  'no approximation': () => approximationSvg({} as never),
}

test('what is refused, in its words', async () => {
  const texts: string[] = []
  for (const [name, refused] of Object.entries(CALLS)) {
    const text = await (async () => refused())().then(
      (value) => `is taken${value === true ? '' : ' and gives something'}`,
      (error: unknown) =>
        error instanceof NeuriteError ? `${error.message}\n  ${JSON.stringify(error.details)}` : String(error),
    )
    texts.push(`${name}\n  ${text}`)
  }
  await expect(`${texts.join('\n')}\n`).toMatchFileSnapshot('golden/refusals.txt')
})

test('what approximations are, neuron by neuron', async () => {
  const cases = {
    'a curve': await approximate((x) => Math.sin(3 * x), { domain: [-1, 1], neurons: 3, steps: 3 }),
    'a curve of ten': await approximate(Math.abs, { domain: [-1, 1], neurons: 10, steps: 1 }),
    'a curve of eleven': await approximate((x) => x ** 3, { domain: [0, 1], neurons: 11, steps: 0 }),
    'with a seed': await approximate((x) => x ** 3, { domain: [0, 1], neurons: 4, steps: 0, seed: 3 }),
    'of relu': await approximate(Math.abs, { domain: [-1, 1], neurons: 4, steps: 2, activation: 'relu' }),
    'a constant': await approximate(() => 2, { domain: [-1, 1], neurons: 2, steps: 1 }),
    'a surface': await approximate((x, y) => x * y, { domain: [[0, 1], [0, 2]], neurons: 3, steps: 1 }), // prettier-ignore
  }
  const short = (values: Iterable<number>): string => [...values].map((value) => Number(value.toPrecision(3))).join(' ')
  const texts = Object.entries(cases).map(
    ([name, { weights, supError, neurons }]) =>
      `${name}: ${neurons} neurons, ${supError.toPrecision(3)}\n  w ${short([weights.w].flat(2).flatMap((row) => [...(typeof row === 'number' ? [row] : row)]))}\n  b ${short(weights.b)}\n  v ${short(weights.v)}`,
  )
  await expect(`${texts.join('\n')}\n`).toMatchFileSnapshot('golden/approximations.txt')
})
