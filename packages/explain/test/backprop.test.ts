import { cpu } from '@neurite/backend-cpu'
import {
  add,
  cast,
  div,
  exp,
  grad,
  matmul,
  memory,
  mul,
  reciprocal,
  setDefaultBackend,
  sigmoid,
  square,
  stopGradient,
  sub,
  sum,
  tensor,
  tidy,
  zeros,
  type NestedArray,
  type Tensor,
} from '@neurite/core'
import { mse } from '@neurite/losses'
import { dense, embedding, flatten, sequential } from '@neurite/nn'
import { beforeAll, describe, expect, test } from 'vitest'
import { latexSteps, traceBackprop, traceSvg, type BackpropTrace, type Name, type TraceNode } from '../src/index.js'

beforeAll(() => setDefaultBackend(cpu()))

const number = (value: number): Tensor => tensor(value, { dtype: 'float64' })
const matrix = (value: number[][]): Tensor => tensor(value, { dtype: 'float64' })

/** The chapter's network: two inputs, three hidden neurons, two outputs, all numbers. */
const INPUTS: Readonly<Record<string, number>> = {
  'x_{1}': 0.5,
  'x_{2}': -1.2,
  'w_{y1_1}': 0.3,
  'w_{y1_2}': -0.4,
  'w_{y2_1}': 0.7,
  'w_{y2_2}': 0.2,
  'w_{y3_1}': -0.6,
  'w_{y3_2}': 0.9,
  'w_{z1_1}': 0.8,
  'w_{z1_2}': -0.5,
  'w_{z1_3}': 0.1,
  'w_{z2_1}': -0.3,
  'w_{z2_2}': 0.6,
  'w_{z2_3}': 0.4,
}
const TARGETS = [0.9, 0.2]
type Scalars = Readonly<Record<string, Tensor>>
const noName: Name = (_, value) => value

function chapter(phi: (x: Tensor) => Tensor) {
  return (p: Scalars, name: Name = noName): Tensor => {
    const hidden = [1, 2, 3].map((i) => {
      const y = name(`y_{${i}}`, add(mul(p['x_{1}']!, p[`w_{y${i}_1}`]!), mul(p['x_{2}']!, p[`w_{y${i}_2}`]!)))
      return name(`\\varphi(y_{${i}})`, phi(y))
    })
    const outputs = [1, 2].map((j) => {
      const terms = hidden.map((h, i) => mul(h, p[`w_{z${j}_${i + 1}}`]!))
      return name(
        `\\varphi(z_{${j}})`,
        phi(
          name(
            `z_{${j}}`,
            terms.reduce((a, b) => add(a, b)),
          ),
        ),
      )
    })
    return outputs.map((o, j) => square(sub(o, TARGETS[j]!))).reduce((a, b) => add(a, b))
  }
}

const traced = async (phi: (x: Tensor) => Tensor): Promise<BackpropTrace> =>
  traceBackprop(chapter(phi), Object.fromEntries(Object.entries(INPUTS).map(([key, value]) => [key, number(value)])), {
    names: Object.fromEntries(Object.keys(INPUTS).map((key) => [key, key])),
  })

const nodeOf = (trace: BackpropTrace, name: string): TraceNode => {
  const node = trace.nodes.find((node) => node.name === name)
  if (node === undefined) throw new Error(`no ${name}`)
  return node
}
const gradientOf = (trace: BackpropTrace, name: string): number => nodeOf(trace, name).gradient as number
const valueOf = (trace: BackpropTrace, name: string): number => nodeOf(trace, name).value as number

/** The loss with one value of the network moved by h: central differences, in plain JavaScript. */
function lossWith(phi: (x: number) => number, moved: string, h: number): number {
  const at = (name: string, value: number): number => value + (name === moved ? h : 0)
  const p = (name: string): number => at(name, INPUTS[name]!)
  const hidden = [1, 2, 3].map((i) =>
    at(`\\varphi(y_{${i}})`, phi(at(`y_{${i}}`, p('x_{1}') * p(`w_{y${i}_1}`) + p('x_{2}') * p(`w_{y${i}_2}`)))),
  )
  return [1, 2].reduce((loss, j) => {
    const z = at(
      `z_{${j}}`,
      hidden.reduce((sum, y, i) => sum + y * p(`w_{z${j}_${i + 1}}`), 0),
    )
    return loss + (at(`\\varphi(z_{${j}})`, phi(z)) - TARGETS[j - 1]!) ** 2
  }, 0)
}

describe('4.3.4 Backpropagation Example 1', () => {
  const sigma = (x: number): number => 1 / (1 + Math.exp(-x))

  test('4.3.4 every named partial derivative is that of finite differences', async () => {
    const trace = await traced(sigmoid)
    const names = trace.nodes.filter(({ named, id }) => named && id !== trace.output).map(({ name }) => name)
    expect(names).toHaveLength(14 + 3 + 3 + 2 + 2)
    for (const name of names) {
      const h = 1e-5
      const slope = (lossWith(sigma, name, h) - lossWith(sigma, name, -h)) / (2 * h)
      expect(gradientOf(trace, name), name).toBeCloseTo(slope, 9)
    }
  })

  test('4.3.4 [1] to [6]: each partial derivative is the product the chapter names', async () => {
    const trace = await traced(sigmoid)
    const g = (name: string): number => gradientOf(trace, name)
    const v = (name: string): number => valueOf(trace, name)
    // [1], [2]
    expect(g('w_{z1_2}')).toBeCloseTo(g('z_{1}') * v('\\varphi(y_{2})'), 15)
    expect(g('w_{z2_2}')).toBeCloseTo(g('z_{2}') * v('\\varphi(y_{2})'), 15)
    // [3]
    for (const j of [1, 2]) {
      const y = v(`\\varphi(z_{${j}})`)
      expect(g(`z_{${j}}`)).toBeCloseTo(g(`\\varphi(z_{${j}})`) * y * (1 - y), 15)
      const edge = nodeOf(trace, `\\varphi(z_{${j}})`).inputs[0]!
      expect(edge.local).toBeCloseTo(y * (1 - y), 15)
      expect(edge.downstream).toBeCloseTo(g(`z_{${j}}`), 15)
    }
    // [4]
    expect(g('w_{y2_2}')).toBeCloseTo(g('y_{2}') * v('x_{2}'), 15)
    // [5]
    const y2 = v('\\varphi(y_{2})')
    expect(g('y_{2}')).toBeCloseTo(g('\\varphi(y_{2})') * y2 * (1 - y2), 15)
    // [6]
    expect(g('\\varphi(y_{2})')).toBeCloseTo(g('z_{1}') * v('w_{z1_2}') + g('z_{2}') * v('w_{z2_2}'), 15)
  })

  test('4.3.4 the steps read as in the chapter', async () => {
    const trace = await traced(sigmoid)
    const steps = new Map(latexSteps(trace).map(({ pass, name, latex }) => [`${pass} ${name}`, latex]))
    const L = '\\mathscr{L}'
    const partial = (by: string): string => `\\frac{\\partial ${L}}{\\partial ${by}}`
    expect(steps.get('forward z_{1}')).toContain(
      'z_{1} = \\varphi(y_{1}) \\cdot w_{z1_1} + \\varphi(y_{2}) \\cdot w_{z1_2} + \\varphi(y_{3}) \\cdot w_{z1_3} = ',
    )
    expect(steps.get('backward w_{z1_2}')).toContain(
      `${partial('w_{z1_2}')} = ${partial('z_{1}')} \\frac{\\partial z_{1}}{\\partial w_{z1_2}} = ${partial('z_{1}')} \\cdot \\varphi(y_{2}) = `,
    )
    expect(steps.get('backward \\varphi(y_{2})')).toContain(
      ` = ${partial('z_{1}')} \\cdot w_{z1_2} + ${partial('z_{2}')} \\cdot w_{z2_2} = `,
    )
    expect(steps.get('backward w_{y2_2}')).toContain(` = ${partial('y_{2}')} \\cdot x_{2} = `)
    // From the loss back: z before y before the weights of y.
    const order = latexSteps(trace)
      .filter(({ pass }) => pass === 'backward')
      .map(({ name }) => name)
    expect(order.indexOf('z_{1}')).toBeLessThan(order.indexOf('\\varphi(y_{1})'))
    expect(order.indexOf('y_{2}')).toBeLessThan(order.indexOf('w_{y2_2}'))
  })

  test('4.3.4 the steps of one weight, with numbers', async () => {
    const trace = await traced(sigmoid)
    const steps = latexSteps(trace, { only: 'w_{z1_2}', withNumbers: true, digits: 3 })
    expect(steps.map(({ pass, name }) => `${pass} ${name}`)).toEqual([
      'forward z_{1}',
      'forward \\varphi(z_{1})',
      'forward \\mathscr{L}',
      'backward \\varphi(z_{1})',
      'backward z_{1}',
      'backward w_{z1_2}',
    ])
    expect(steps[0]!.latex).toContain(
      ' = 0.652 \\cdot 0.8 + 0.527 \\cdot \\left(-0.5\\right) + 0.201 \\cdot 0.1 = 0.278',
    )
    expect(steps.at(-1)!.latex).toMatch(/ = \\left\(-0\.162\\right\) \\cdot 0\.527 = -0\.0856$/)
    expect(latexSteps(trace, { only: '\\mathscr{L}' }).map(({ name }) => name)).toEqual(['\\mathscr{L}'])
    expect(() => latexSteps(trace, { only: 'w_{q}' })).toThrow(/only must be the name of a value that has a gradient/)
  })

  test('4.3.4 any function will do: activations 1/x, products and quotients of neurons', async () => {
    const trace = await traced((x) => reciprocal(add(square(x), 2)))
    const phi = (x: number): number => 1 / (x * x + 2)
    for (const name of ['w_{y1_1}', 'w_{y2_2}', 'y_{3}', 'z_{2}', 'x_{1}']) {
      const slope = (lossWith(phi, name, 1e-5) - lossWith(phi, name, -1e-5)) / 2e-5
      expect(gradientOf(trace, name), name).toBeCloseTo(slope, 9)
    }
    const quotient = await traceBackprop(
      (p: { a: Tensor; b: Tensor }, name) => {
        const prod = name('p', mul(p.a, p.b))
        return name('q', div(prod, name('s', add(p.a, exp(p.b)))))
      },
      { a: number(1.5), b: number(0.4) },
    )
    const f = (a: number, b: number): number => (a * b) / (a + Math.exp(b))
    expect(gradientOf(quotient, 'a')).toBeCloseTo((f(1.5 + 1e-5, 0.4) - f(1.5 - 1e-5, 0.4)) / 2e-5, 9)
    expect(gradientOf(quotient, 'b')).toBeCloseTo((f(1.5, 0.4 + 1e-5) - f(1.5, 0.4 - 1e-5)) / 2e-5, 9)
    expect(nodeOf(quotient, 'q').formula).toBe('\\frac{p}{s}')
    expect(nodeOf(quotient, 'q').inputs[1]!.localFormula).toBe('-\\frac{p}{s^{2}}')
  })
})

test('4.3.4 what is used twice at each of many steps is written in time, by its name alone', async () => {
  const trace = await traceBackprop((x: Tensor, name) => {
    let y = name('y', mul(x, 1))
    for (let i = 0; i < 30; i++) y = mul(y, y)
    return y
  }, number(1))
  const step = latexSteps(trace).find(({ pass, name }) => pass === 'backward' && name === 'y')!
  expect(step.latex).toContain(' = 1073741824 y^{1073741823} = ')
})

describe('4.3.4 Remark 1', () => {
  test('4.3.4 Remark 1: downstream is upstream times local, and gradients are sums of what flows down', async () => {
    const trace = await traced(sigmoid)
    const arriving = trace.nodes.map(() => 0)
    for (const node of trace.nodes) {
      for (const { from, local, downstream, downstreamFormula } of node.inputs) {
        if (downstream === null) {
          expect(trace.nodes[from]!.kind).toBe('constant')
          expect(downstreamFormula).toBeNull()
          continue
        }
        expect(downstream).toBeCloseTo((node.gradient as number) * (local as number), 15)
        arriving[from]! += downstream as number
      }
    }
    expect(trace.nodes[trace.output]!.gradient).toBe(1)
    for (const node of trace.nodes) {
      if (node.gradient === null || node.id === trace.output) continue
      expect(arriving[node.id]).toBeCloseTo(node.gradient as number, 14)
    }
  })

  test('4.3.4 Remark 1: nodes stand in evaluation order and are plain data', async () => {
    const trace = await traced(sigmoid)
    expect(JSON.parse(JSON.stringify(trace))).toEqual(trace)
    trace.nodes.forEach((node, i) => {
      expect(node.id).toBe(i)
      for (const { from } of node.inputs) expect(from).toBeLessThan(i)
    })
  })

  test('4.3.4 Remark 1: a value used twice has two edges, each with its own share', async () => {
    const trace = await traceBackprop((x: Tensor) => mul(x, x), number(3))
    expect(nodeOf(trace, '\\mathscr{L}')).toMatchObject({
      formula: 'x^{2}',
      inputs: [
        { from: 0, local: 3, downstream: 3 },
        { from: 0, local: 3, downstream: 3 },
      ],
    })
    expect(gradientOf(trace, 'x')).toBe(6)
  })

  test('4.3.4 Remark 1: nothing flows through stopGradient, which is a constant', async () => {
    const trace = await traceBackprop((x: Tensor) => mul(x, stopGradient(x)), number(3))
    expect(gradientOf(trace, 'x')).toBe(3)
    expect(trace.nodes.map(({ kind }) => kind)).toEqual(['input', 'constant', 'operation'])
  })
})

describe('4.3.4 Remark 2', () => {
  const Y = [[0.2, -0.5, 0.8]]
  const W = [
    [0.1, 0.4],
    [-0.7, 0.3],
    [0.6, -0.2],
  ]

  test('4.3.4 Remark 2: dL/dY = dL/dZ W^T and dL/dW = Y^T dL/dZ, in formulas and numbers', async () => {
    const trace = await traceBackprop(
      (p: { Y: Tensor; W: Tensor }, name) => sum(square(sigmoid(name('Z', matmul(p.Y, p.W))))),
      { Y: matrix(Y), W: matrix(W) },
    )
    const dZ = (nodeOf(trace, 'Z').gradient as number[][])[0]!
    const dY = nodeOf(trace, 'Y').gradient as number[][]
    const dW = nodeOf(trace, 'W').gradient as number[][]
    for (let i = 0; i < 3; i++) {
      expect(dY[0]![i]).toBeCloseTo(dZ[0]! * W[i]![0]! + dZ[1]! * W[i]![1]!, 14)
      for (let j = 0; j < 2; j++) expect(dW[i]![j]).toBeCloseTo(Y[0]![i]! * dZ[j]!, 14)
    }
    const [left, right] = nodeOf(trace, 'Z').inputs
    expect(left!.downstreamFormula).toBe('\\frac{\\partial \\mathscr{L}}{\\partial Z} W^{\\top}')
    expect(right!.downstreamFormula).toBe('Y^{\\top} \\frac{\\partial \\mathscr{L}}{\\partial Z}')
    // The Jacobian of a product of matrices: dZ_0j / dW_ik = Y_0i if j = k.
    expect((right!.local as number[][][][])[0]![1]).toEqual([
      [0, 0.2],
      [0, -0.5],
      [0, 0.8],
    ])
  })

  test('4.3.4 Remark 2: transposed operands have the transposed rules', async () => {
    for (const [transposeA, transposeB] of [
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const a = transposeA
        ? [
            [1, 2],
            [3, 4],
            [5, 6],
          ]
        : [
            [1, 3, 5],
            [2, 4, 6],
          ]
      const b = transposeB ? [[1, 0, 2]] : [[1], [0], [2]]
      const f = (p: { A: Tensor; B: Tensor }, name: Name = noName): Tensor =>
        sum(square(name('Z', matmul(p.A, p.B, { transposeA, transposeB }))))
      const given = { A: matrix(a), B: matrix(b) }
      const trace = await traceBackprop(f, given)
      const [left, right] = nodeOf(trace, 'Z').inputs
      const u = matrix(nodeOf(trace, 'Z').gradient as number[][])
      // What the formulas say, carried out.
      const say = (formula: string): NestedArray => {
        const factors = formula
          .replace(/(\\left\()?\\frac\{\\partial \\mathscr\{L\}\}\{\\partial Z\}(\\right\))?/, 'U')
          .split(' ')
        const [p, q] = factors.map((factor) => ({
          x: { A: given.A, B: given.B, U: u }[factor[0]!]!,
          t: factor.includes('top'),
        }))
        return matmul(p!.x, q!.x, { transposeA: p!.t, transposeB: q!.t }).toArraySync()
      }
      expect(say(left!.downstreamFormula!)).toEqual(left!.downstream)
      expect(say(right!.downstreamFormula!)).toEqual(right!.downstream)
    }
  })

  test('4.3.4 the loss of a model: layers are named, gradients are those of grad', async () => {
    const model = sequential([flatten(), dense(3, { activation: 'tanh' }), dense(2)])
    const { params } = model.init({ inputShape: [2], seed: 4, dtype: 'float64' })
    const x = matrix([
      [1, 2],
      [3, -1],
      [0, 0.5],
    ])
    const y = matrix([
      [0, 1],
      [1, 0],
      [0.5, 0.5],
    ])
    const trace = await traceBackprop({ model, loss: mse }, { params, x, y })
    const expected = tidy(() => grad((p: typeof params) => mse(model.apply(p, x), y))(params))
    expect(nodeOf(trace, 'W_{2}').gradient).toEqual(await expected[1].weight.toArray())
    expect(nodeOf(trace, 'b_{3}').gradient).toEqual(await expected[2].bias!.toArray())
    expect(nodeOf(trace, 'X').gradient).not.toBeNull()
    expect(nodeOf(trace, 'Y').kind).toBe('constant')
    const latex = latexSteps(trace).map(({ latex }) => latex)
    expect(latex.find((line) => line.startsWith('Z_{2} ='))).toContain('Z_{2} = A_{1} W_{2} + b_{2}')
    expect(latex.find((line) => line.startsWith('A_{2} ='))).toContain('A_{2} = \\tanh(Z_{2})')
    expect(latex.find((line) => line.startsWith('Z_{3} ='))).toContain('Z_{3} = A_{2} W_{3} + b_{3}')
  })
})

describe('wrong calls', () => {
  test('say what is wrong', async () => {
    await expect(traceBackprop((x: Tensor) => mul(x, 2), zeros([2]))).rejects.toThrow('NOT_DIFFERENTIABLE')
    await expect(traceBackprop((x: Tensor) => sum(x), cast(zeros([2]), 'int32'))).rejects.toThrow('NOT_DIFFERENTIABLE')
    await expect(traceBackprop((x: Tensor, name) => name('x', mul(x, 2)), number(1))).rejects.toThrow(/"x" is taken/)
    const twice = (x: Tensor, name: Name): Tensor => name('z', mul(x, 2))
    await expect(traceBackprop(twice, number(1), { output: 'z' })).rejects.toThrow(/"z" is taken/)
    await expect(traceBackprop(twice, number(1), { output: 'x' })).rejects.toThrow(/"x" is taken/)
    await expect(
      traceBackprop((p: { a: Tensor }) => p.a, { a: number(1) }, { names: { b: 'c' } as never }),
    ).rejects.toThrow(/names must be a tree like the inputs; a must/)
    await expect(traceBackprop((x: Tensor) => x, number(1), { name: 'a' } as never)).rejects.toThrow('UNKNOWN_OPTION')
  })
})

describe('names that LaTeX reads otherwise', () => {
  test.each([
    ['%', '\\mathrm{\\%}'],
    ['#', '\\mathrm{\\#}'],
    ['\\', '\\mathrm{\\backslash{}}'],
    ['~', '\\mathrm{\\sim{}}'],
    ['{', '\\mathrm{\\{}'],
    ['a^b', '\\mathrm{a\\wedge{}b}'],
    ['a b', '\\mathrm{a\\ b}'],
    ['100%&$_', '\\mathrm{100\\%\\&\\$\\_}'],
    ['1', '\\mathrm{1}'],
    ['w', 'w'],
    ['가', '가'],
  ])('%s', async (name, latex) => {
    const trace = await traceBackprop((p: Scalars) => square(p[name]!), { [name]: tensor(3) })
    expect(trace.nodes[0]!.name).toBe(latex)
    expect(latexSteps(trace)[0]!.latex).toContain(`${latex}^{2}`)
    const escaped = name.replaceAll('&', '&amp;')
    expect(traceSvg(trace)).toContain(`>${escaped}</`)
  })
})

test('the indices of an embedding may be an int32 tensor', async () => {
  const model = sequential([embedding(5, 2), flatten(), dense(1)])
  const { params } = model.init({ inputShape: [2], seed: 1 })
  const of = { model, loss: mse() }
  const [whole, floats] = await Promise.all(
    (['int32', 'float32'] as const).map((dtype) =>
      traceBackprop(of, { params, x: tensor([[1, 4]], { dtype }), y: [[1]] }),
    ),
  )
  expect(latexSteps(whole!)).toEqual(latexSteps(floats!))
  const table = whole!.nodes.find(({ value }) => Array.isArray(value) && value.length === 5)!
  const gradient = grad((p: typeof params) =>
    mse()(model.apply(p, tensor([[1, 4]], { dtype: 'int32' })), tensor([[1]])),
  )(params)
  expect(table.gradient).toEqual(await (gradient[0] as { weight: Tensor }).weight.toArray())
})

test('inputs that are refused leave no buffers behind', async () => {
  const model = sequential([dense(1)])
  const { params } = model.init({ inputShape: [2], seed: 1 })
  const before = memory().buffers
  await expect(
    traceBackprop({ model, loss: mse() }, { params, x: [[1, 2]], y: [[undefined as never]] }),
  ).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  expect(memory().buffers).toBe(before)
})
