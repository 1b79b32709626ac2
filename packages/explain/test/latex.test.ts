import { cpu } from '@neurite/backend-cpu'
import {
  abs,
  add,
  cast,
  cos,
  div,
  erf,
  erfc,
  exp,
  gelu,
  leakyRelu,
  log,
  matmul,
  maximum,
  mean,
  minimum,
  mul,
  neg,
  pow,
  relu,
  setDefaultBackend,
  sigmoid,
  silu,
  softmax,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  tensor,
  tidy,
  transpose,
  type Tensor,
} from '@neurite/core'
import {
  binaryCrossEntropy,
  crossEntropy,
  huber,
  klDivergence,
  mae,
  mse,
  sparseCrossEntropy,
  sse,
  type Loss,
} from '@neurite/losses'
import { activation, dense, sequential, type Activation } from '@neurite/nn'
import katex from 'katex'
import { beforeAll, describe, expect, test } from 'vitest'
import { latexSteps, traceBackprop, type BackpropTrace, type Detail, type Name } from '../src/index.js'
import { flatValues } from '../src/backprop/values.js'
import { evaluateLatex } from './evaluate-latex.js'

beforeAll(() => setDefaultBackend(cpu()))

const float64 = (value: number | number[] | number[][]): Tensor => tensor(value, { dtype: 'float64' })
const X = [
  [1, 2],
  [3, -1],
  [0, 0.5],
]
const ONE_HOT = [
  [0, 1],
  [1, 0],
  [1, 0],
]

function valuesOf(trace: BackpropTrace): Map<string, Tensor> {
  const loss = trace.nodes[trace.output]!.name
  return new Map(
    trace.nodes.flatMap(({ name, shape, value, gradient }) => {
      const own = cast(tensor(flatValues(value), { shape, dtype: 'float64' }), 'float64')
      const entries: [string, Tensor][] = [[name, own]]
      if (gradient !== null)
        entries.push([
          `\\frac{\\partial ${loss}}{\\partial ${name}}`,
          tensor(flatValues(gradient), { shape, dtype: 'float64' }),
        ])
      return entries
    }),
  )
}

/** Whether two numbers stand in a row, where they would read as one. */
function numbersSideBySide(mathml: string): boolean {
  const parents: { readonly tag: string; last: string }[] = [{ tag: '', last: '' }]
  for (const [, closing, tag] of mathml.matchAll(/<(\/?)([a-z]+)[^>]*>/g)) {
    if (closing === '/') {
      parents.pop()
      continue
    }
    const parent = parents.at(-1)!
    const isNumber = tag === 'mn' || tag === 'mfrac'
    if (isNumber && parent.last === 'number' && !/^(msu[bp]|msubsup|mfrac|munder|mtr)$/.test(parent.tag))
      return tag === 'mn'
    parent.last = tag === 'mn' ? 'number' : ''
    parents.push({ tag: tag!, last: '' })
  }
  return false
}

/** Renders every step, and reads every formula, which must give the trace's own numbers. Returns how many were read. */
function check(trace: BackpropTrace, detail: Detail): number {
  return tidy(() => {
    const values = valuesOf(trace)
    let read = 0
    for (const { pass, name, latex } of latexSteps(trace, { detail, digits: 12, withNumbers: true })) {
      const mathml = katex.renderToString(latex, { output: 'mathml', strict: 'error', throwOnError: true })
      expect(numbersSideBySide(mathml), latex).toBe(false)
      const node = trace.nodes.find(
        (node) => node.name === name && (node.kind !== 'input') === (pass === 'forward' || node.kind !== 'input'),
      )!
      const wanted = flatValues((pass === 'forward' ? node.value : node.gradient) as never)
      for (const part of latex.split(/ = (?![^[]*\])/).slice(1)) {
        // Numbers of matrices, a chain of partial derivatives, and what is done by an operation that has no sign.
        if (/pmatrix|\\in |'\(|reshape|broadcastTo|\\frac\{\\partial (?!\\mathscr)/.test(part)) continue
        const got = evaluateLatex(part, values)
        const numbers = [...got.dataSync()]
        const stretched = numbers.length === 1 ? wanted.map(() => numbers[0]!) : numbers
        expect(stretched.length, latex).toBe(wanted.length)
        stretched.forEach((value, i) =>
          expect(Math.abs(value - wanted[i]!), `${part} of ${latex}`).toBeLessThanOrEqual(
            1e-5 * Math.max(1e-3, ...wanted.map(Math.abs)),
          ),
        )
        read++
      }
    }
    return read
  })
}

async function modelTrace(loss: Loss, last: Activation, hidden: Activation, y: number[] | number[][] = ONE_HOT) {
  const model = sequential([dense(3, { activation: hidden }), dense(2), activation(last)])
  const joined = sequential([dense(3, { activation: hidden }), dense(2, { activation: last })])
  const { params } = joined.init({ inputShape: [2], seed: 4, dtype: 'float64' })
  const given = {
    params,
    x: float64(X),
    y: typeof y[0] === 'number' ? tensor(y, { dtype: 'int32' }) : float64(y),
  }
  return {
    joined: await traceBackprop({ model: joined, loss }, given),
    apart: await traceBackprop({ model, loss }, { ...given, params: [...params, {}] }),
  }
}

describe('4.3.4 formulas give the numbers of the trace', () => {
  const logits = { fromLogits: true } as const
  const cases: [string, Loss, Activation, (number[] | number[][])?][] = [
    ['mse, sigmoid', mse, 'sigmoid'],
    ['mse, tanh', mse, 'tanh'],
    ['sse', sse, 'identity'],
    ['mae', mae, 'identity'],
    ['huber', huber(), 'identity'],
    ['cross-entropy, softmax', crossEntropy, 'softmax'],
    ['cross-entropy from logits', crossEntropy(logits), 'identity'],
    ['cross-entropy with smoothing', crossEntropy({ ...logits, labelSmoothing: 0.1 }), 'identity'],
    ['sparse cross-entropy', sparseCrossEntropy(logits), 'identity', [1, 0, 0]],
    ['binary cross-entropy, sigmoid', binaryCrossEntropy, 'sigmoid'],
    ['binary cross-entropy from logits', binaryCrossEntropy(logits), 'identity'],
    ['KL divergence', klDivergence, 'softmax'],
    ['mse of softmax', mse, 'softmax'],
  ]
  for (const hidden of ['sigmoid', 'tanh', 'relu', 'leakyRelu', 'gelu', 'silu', 'softmax', 'identity'] as const)
    test(`4.3.4 mse, ${hidden} within`, async () => {
      const { joined, apart } = await modelTrace(mse, 'identity', hidden)
      for (const trace of [joined, apart])
        for (const detail of ['named', 'all'] as const) expect(check(trace, detail)).toBeGreaterThan(9)
    })
  test.each(cases)('4.3.4 %s', async (_, loss, last, y) => {
    const { joined, apart } = await modelTrace(loss, last, 'sigmoid', y)
    for (const trace of [joined, apart])
      for (const detail of ['named', 'all'] as const) expect(check(trace, detail)).toBeGreaterThan(9)
  })

  const functions: Readonly<Record<string, (p: { a: Tensor; b: Tensor; c: Tensor }, name: Name) => Tensor>> = {
    'sums in products': ({ a, b, c }) => sum(mul(add(a, b), sub(c, add(a, 2)))),
    'differences of differences': ({ a, b, c }) => sum(sub(a, sub(b, neg(c)))),
    'negative factors': ({ a, b }) => sum(mul(-3, mul(neg(a), mul(b, -0.25)))),
    quotients: ({ a, b, c }) => sum(div(add(a, b), mul(2, add(3, square(c))))),
    'quotients of quotients': ({ a, b, c }) => sum(div(div(a, add(4, b)), div(3, exp(c)))),
    powers: ({ a, b }) => sum(mul(pow(add(2.5, abs(a)), 3), pow(square(b), 2))),
    'powers of numbers and arrays': ({ a, b }) => sum(pow(add(1, square(a)), b)),
    roots: ({ a, b }) => sum(div(sqrt(add(1, square(a))), sqrt(exp(b)))),
    transposes: ({ a, b, c }) => sum(mul(matmul(a, transpose(b)), matmul(c, a, { transposeB: true }))),
    'products of products': ({ a, b, c }) => sum(matmul(matmul(a, b), mul(2, sub(c, a)))),
    'a product in a product': ({ a, b, c }) => sum(mul(matmul(a, b), matmul(b, sigmoid(c)))),
    'rows and columns': ({ a, b }) =>
      sum(mul(sum(mul(a, b), { axes: [1], keepDims: true }), sum(a, { axes: [0], keepDims: true }))),
    means: ({ a, b }) => mean(mul(mean(mul(3, square(a)), { axes: [0], keepDims: true }), b)),
    'softmax within': ({ a, b }, name) => sum(mul(softmax(name('S', mul(a, 2))), square(b))),
    'max and min': ({ a, b, c }) => sum(mul(maximum(a, mul(b, c)), minimum(b, 0.1))),
    functions: ({ a, b, c }) => sum(mul(tanh(mul(a, b)), add(erf(c), mul(cos(a), log(add(2, square(b))))))),
    'error functions': ({ a, b }) => sum(mul(erfc(mul(a, b)), erf(b))),
    'used again': ({ a }, name) => {
      const s = name('S', sigmoid(a))
      return sum(mul(add(s, s), mul(s, relu(sub(s, 0.4)))))
    },
    activations: ({ a, b, c }) => sum(add(gelu(a), mul(silu(b), leakyRelu(c)))),
  }
  const near = (shift: number): Tensor =>
    float64([0, 1, 2].map((i) => [0, 1, 2].map((j) => Math.sin(3 * i + 2 * j + shift) * 0.9)))
  test.each(Object.entries(functions))('4.3.4 %s', async (_, f) => {
    const withoutCos = (of: typeof f): typeof f => of
    const trace = await traceBackprop(withoutCos(f), { a: near(0.1), b: near(1.2), c: near(2.3) })
    for (const detail of ['named', 'all'] as const) expect(check(trace, detail)).toBeGreaterThan(2)
    const numbers = await traceBackprop(f, { a: float64(0.3), b: float64(-0.7), c: float64(1.1) }).catch(
      () => undefined,
    )
    if (numbers !== undefined) expect(check(numbers, 'all')).toBeGreaterThan(2)
  })
})

describe('4.3.4 formulas as one writes them', () => {
  const formulas = async (loss: Loss, last: Activation): Promise<Map<string, string>> => {
    const { joined } = await modelTrace(loss, last, 'sigmoid')
    return new Map(latexSteps(joined).map(({ pass, name, latex }) => [`${pass} ${name}`, latex.split(' = ')[1]!]))
  }
  const L = (name: string): string => `\\frac{\\partial \\mathscr{L}}{\\partial ${name}}`

  test('4.3.4 Remark 2: a model with mse', async () => {
    const steps = await formulas(mse, 'sigmoid')
    expect(Object.fromEntries(steps)).toEqual({
      'forward Z_{1}': 'X W_{1} + b_{1}',
      'forward A_{1}': '\\sigma(Z_{1})',
      'forward Z_{2}': 'A_{1} W_{2} + b_{2}',
      'forward A_{2}': '\\sigma(Z_{2})',
      'forward \\mathscr{L}': '\\frac{1}{6} \\sum \\left(A_{2} - Y\\right)^{2}',
      'backward A_{2}': '\\frac{1}{3} \\left(A_{2} - Y\\right)',
      'backward Z_{2}': `${L('A_{2}')} \\odot A_{2} \\odot \\left(1 - A_{2}\\right)`,
      'backward A_{1}': `${L('Z_{2}')} W_{2}^{\\top}`,
      'backward Z_{1}': `${L('A_{1}')} \\odot A_{1} \\odot \\left(1 - A_{1}\\right)`,
      'backward X': `${L('Z_{1}')} W_{1}^{\\top}`,
      'backward b_{2}': `\\sum_{\\text{rows}} ${L('Z_{2}')}`,
      'backward W_{2}': `A_{1}^{\\top} ${L('Z_{2}')}`,
      'backward b_{1}': `\\sum_{\\text{rows}} ${L('Z_{1}')}`,
      'backward W_{1}': `X^{\\top} ${L('Z_{1}')}`,
    })
  })

  test('4.3.4 softmax and cross-entropy together: P - Y', async () => {
    expect((await formulas(crossEntropy, 'softmax')).get('backward Z_{2}')).toBe(
      '\\frac{1}{3} \\left(A_{2} - Y\\right)',
    )
    expect((await formulas(crossEntropy({ fromLogits: true }), 'identity')).get('backward Z_{2}')).toBe(
      '\\frac{1}{3} \\left(\\operatorname{softmax}(Z_{2}) - Y\\right)',
    )
    expect((await formulas(binaryCrossEntropy, 'sigmoid')).get('backward Z_{2}')).toBe(
      '\\frac{1}{6} \\left(A_{2} - Y\\right)',
    )
    // Not so for another loss, or weights of its own.
    expect((await formulas(mse, 'softmax')).get('backward Z_{2}')).toContain('\\sum_{\\text{columns}}')
  })

  test('4.3.4 one number is a product with dots, an array with circles', async () => {
    const trace = await traceBackprop((x: Tensor, name) => square(sub(name('p', sigmoid(x)), 1)), float64(0.3))
    expect(latexSteps(trace).map(({ latex }) => latex.split(' = ').at(-2))).toEqual([
      '\\sigma(x)',
      '\\left(p - 1\\right)^{2}',
      '2 \\left(p - 1\\right)',
      '\\frac{\\partial \\mathscr{L}}{\\partial p} \\cdot p \\cdot \\left(1 - p\\right)',
    ])
  })
})
