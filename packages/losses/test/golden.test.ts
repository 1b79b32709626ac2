import { cpu } from '@neurite/backend-cpu'
import { compile, tensor, valueAndGrad, mul, type Tensor } from '@neurite/core'
import { describe, expect, test } from 'vitest'
import * as losses from '../src/index.js'
import golden from './golden/losses.json' with { type: 'json' }

interface Numbers {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}
interface Case {
  readonly name: string
  readonly attrs: Readonly<Record<string, unknown>> & { readonly target: Numbers }
  readonly inputs: readonly Numbers[]
  readonly output: Numbers
  readonly upstream: Numbers
  readonly gradients: readonly Numbers[]
}

// Two cases of the file are crossEntropy with an option.
const ALIASES: Readonly<Record<string, keyof typeof losses>> = {
  crossEntropySum: 'crossEntropy',
  crossEntropyLabelSmoothing: 'crossEntropy',
}

const cases: readonly unknown[] = golden.cases
const backend = cpu()

function host(x: Tensor): number[] {
  return [...x.dataSync()]
}

function expectClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual).toHaveLength(expected.length)
  actual.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!), `element ${i}: ${value} for ${expected[i]}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(expected[i]!)),
    )
  })
}

describe('chapter 4.3.3: values and gradients of PyTorch', () => {
  for (const [i, { name, attrs, inputs, output, upstream, gradients }] of (cases as readonly Case[]).entries()) {
    for (const [dtype, tolerance] of [
      ['float64', 2e-9],
      ['float32', 3e-6],
    ] as const) {
      test(`${name} #${i} in ${dtype}`, () => {
        const { target, ...options } = attrs
        const make = losses[ALIASES[name] ?? (name as keyof typeof losses)] as losses.LossFactory
        const to = ({ shape, data }: Numbers, as: 'float64' | 'float32' | 'int32' = dtype): Tensor =>
          tensor([...data], { shape, dtype: as, backend })
        const loss = make(options)
        const y = to(target, name.startsWith('sparse') ? 'int32' : dtype)
        const f = (x: Tensor, t: Tensor, u: Tensor): [Tensor, Tensor] => {
          const value = loss(x, t)
          return [value, valueAndGrad((p: Tensor) => mul(loss(p, t), u))(x)[1]]
        }
        for (const run of [f, compile(f)]) {
          const [value, gradient] = run(to(inputs[0]!), y, to(upstream))
          expectClose(host(value), output.data, tolerance)
          expectClose(host(gradient), gradients[0]!.data, tolerance)
        }
      })
    }
  }
})
