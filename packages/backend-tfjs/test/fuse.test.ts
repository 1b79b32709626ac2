import { add, matmul, mul, operationOf, optimize, schedule, sub, sum, tensor, trace, type Tensor } from '@neurite/core'
import { conv2d } from '@neurite/core/functional'
import { describe, expect, test } from 'vitest'
import { fuse } from '../src/fuse.js'
import { rewrite } from '../src/rewrite.js'
import { tfjs } from '../src/tfjs.js'
import { traitsOf } from '../src/traits.js'

const backend = await tfjs('cpu')
const webgl = traitsOf('webgl')

function zeros(...shape: number[]): Tensor {
  return tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), { shape, backend })
}

/** The names of what a function becomes where engines fuse. */
function fused<A extends Tensor[]>(f: (...inputs: A) => Tensor | Tensor[], inputs: A, traits = webgl): string[] {
  const plan = schedule(rewrite(optimize(trace(f)(...inputs)), traits), { fuse: fuse(traits) })
  return plan.steps
    .map((step) => operationOf(plan, step))
    .map(({ fusion, instruction }) => fusion?.name ?? instruction.primitive)
}

describe('sums of a product become one kernel', () => {
  const [x, w, b] = [zeros(3, 4), zeros(4, 2), zeros(2)]

  test('a product of matrices with its bias, on either side', () => {
    expect(fused((x, w, b) => add(matmul(x, w), b), [x, w, b])).toEqual(['matmulBias'])
    expect(fused((x, w, b) => add(b, matmul(x, w)), [x, w, b])).toEqual(['matmulBias'])
  })

  test('a convolution with its bias', () => {
    const layer = (x: Tensor, filter: Tensor, bias: Tensor): Tensor => add(conv2d(x, filter), bias)
    expect(fused(layer, [zeros(1, 4, 4, 1), zeros(3, 3, 1, 2), zeros(2)])).toEqual(['conv2dBias'])
  })

  test('the step of plain descent', () => {
    expect(fused((p, g) => add(p, mul(g, -0.1)), [zeros(2, 3), zeros(2, 3)])).toEqual(['scaledSum'])
    expect(fused((p, g) => add(mul(-0.1, g), p), [zeros(2, 3), zeros(2, 3)])).toEqual(['scaledSum'])
  })

  test('a product of matrices and a scale: the scale goes into the sum', () => {
    expect(fused((p, x, w) => add(p, mul(matmul(x, w), -0.1)), [zeros(3, 2), x, w])).toEqual(['matmul', 'scaledSum'])
  })
})

describe('what stays', () => {
  const pair = [zeros(2, 3), zeros(2, 3)] as [Tensor, Tensor]

  test('a product that is read elsewhere, or comes out', () => {
    const both = (x: Tensor, w: Tensor, b: Tensor): Tensor[] => {
      const product = matmul(x, w)
      return [add(product, b), product]
    }
    expect(fused(both, [zeros(3, 4), zeros(4, 2), zeros(2)])).toEqual(['matmul', 'add'])
  })

  test('what is not a bias: another shape, a batch of matrices', () => {
    expect(fused((x, w, b) => add(matmul(x, w), b), [zeros(3, 4), zeros(4, 2), zeros(3, 2)])).toEqual(['matmul', 'add'])
    expect(fused((x, w, b) => add(matmul(x, w), b), [zeros(2, 3, 4), zeros(4, 2), zeros(2)])).toContain('add')
  })

  test('factors that could overflow on the way, or are none', () => {
    for (const factor of [1e30, 1e-30, Infinity, NaN]) {
      expect(fused((p, g) => add(p, mul(g, factor)), pair)).toEqual(['mul', 'add'])
    }
    expect(fused((p, g) => add(p, mul(g, sum(p))), pair)).toEqual(['sum', 'mul', 'add'])
  })

  test('single numbers, which the host computes; differences', () => {
    expect(fused((p, g) => add(p, mul(g, 2)), [zeros(), zeros()])).toEqual(['mul', 'add'])
    expect(fused((p, g) => sub(p, mul(g, 2)), pair)).toEqual(['mul', 'sub'])
  })

  test('beyond what an engine fuses', () => {
    const traits = { ...webgl, fusesUpTo: 6 }
    expect(fused((p, g) => add(p, mul(g, 2)), pair, traits)).toEqual(['scaledSum'])
    expect(fused((p, g) => add(p, mul(g, 2)), [zeros(7), zeros(7)], traits)).toEqual(['mul', 'add'])
  })
})
