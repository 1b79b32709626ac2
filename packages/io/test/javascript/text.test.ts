import { cpu } from '@neurite/backend-cpu'
import { key, randomNormal, setDefaultBackend, trace, type Key } from '@neurite/core'
import { batchNorm, conv2d, dense, layerNorm, maxPool2d, sequential, type Model } from '@neurite/nn'
import { expect, test } from 'vitest'
import { toJavaScript } from '../../src/javascript/index.js'
import { emitProgram } from '../../src/javascript/program/emit-program.js'

setDefaultBackend(cpu())

/** The statements of a model: what is done once, and for each row. */
async function statements(model: Model, inputShape: readonly number[]): Promise<readonly [once: string, each: string]> {
  const { params, state } = model.init({ inputShape })
  const size = inputShape.reduce((a, b) => a * b, 1)
  const examples = { shape: [1, ...inputShape], data: new Float32Array(size) }
  const { code } = await toJavaScript(model, params, { state, examples })
  const once = code.slice(code.indexOf('const v0'), code.indexOf('\n\nconst x = '))
  const each = code.slice(code.indexOf('fill(row, at)\n  //') + 14, code.indexOf('\n}\nfunction each'))
  return [once.split(/\n\n(?=const shape)/)[0]!, each]
}

test('a dense layer is one nest, with its bias and activation', async () => {
  const [once, each] = await statements(sequential([dense(8, { activation: 'tanh' }), dense(1)]), [2])
  expect(once).toBe('const v0 = new Float32Array(8)\nconst v1 = new Float32Array(1)')
  expect(each).toBe(`  // sequential[0] dense
  for (let i = 0; i < 8; i++) {
    let s = 0
    for (let j = 0; j < 2; j++) s += x[j] * w0[8 * j + i]
    v0[i] = Math.tanh(f(f(s) + w1[i]))
  }
  // sequential[1] dense
  {
    let s = 0
    for (let i = 0; i < 8; i++) s += v0[i] * w2[i]
    v1[0] = f(s) + w3[0]
  }
  return v1`)
})

test('what depends on weights alone is computed once', async () => {
  const [once, each] = await statements(sequential([dense(3, { activation: 'relu' }), batchNorm()]), [2])
  expect(once).toBe(`const v0 = new Float32Array(3)
const v1 = new Float32Array(3)
// sequential[1] batchNorm
for (let i = 0; i < 3; i++) v0[i] = w2[i] / f(Math.sqrt(f(w5[i] + 0.000009999999747378752)))`)
  expect(each).toBe(`  // sequential[0] dense, sequential[1] batchNorm
  for (let i = 0; i < 3; i++) {
    let s = 0
    for (let j = 0; j < 2; j++) s += x[j] * w0[3 * j + i]
    v1[i] = f(f(Math.max(f(f(s) + w1[i]), 0) - w4[i]) * v0[i]) + w3[i]
  }
  return v1`)
})

test('a sum reads what is computed for it alone where it is added', async () => {
  const [, each] = await statements(sequential([layerNorm()]), [4])
  expect(each).toContain('for (let i = 0; i < 4; i++) s += f(v1[i] * v1[i])')
})

test('a convolution leaves out what is beyond the image, and asks only where there is padding', async () => {
  const [, each] = await statements(
    sequential([
      conv2d(2, {
        kernelSize: [3, 1],
        padding: [
          [1, 1],
          [0, 0],
        ],
        activation: 'relu',
      }),
      maxPool2d(),
    ]),
    [4, 4, 3],
  )
  expect(each).toBe(`  // sequential[0] conv2d
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 4; j++) {
      for (let k = 0; k < 2; k++) {
        let s = 0
        for (let l = 0; l < 3; l++) {
          const at = i + l - 1
          if (at < 0 || at >= 4) continue
          for (let m = 0; m < 3; m++) s += x[12 * at + 3 * j + m] * w0[6 * l + 2 * m + k]
        }
        v0[8 * i + 2 * j + k] = Math.max(f(f(s) + w1[k]), 0)
      }
    }
  }
  // sequential[1] maxPool2d
  for (let i = 0; i < 2; i++) {
    for (let j = 0; j < 2; j++) {
      for (let k = 0; k < 2; k++) {
        let top = -Infinity
        for (let l = 0; l < 2; l++) {
          for (let m = 0; m < 2; m++) top = Math.max(top, v0[16 * i + 8 * l + 4 * j + 2 * m + k])
        }
        v1[4 * i + 2 * j + k] = top
      }
    }
  }
  return v1`)
})

test('random numbers are refused by their name', () => {
  const program = trace((k: Key) => randomNormal(k, [2]))(key(1))
  const emitted = (): unknown => emitProgram(program, new Map(), new Set())
  expect(emitted).toThrow(/has the primitive 'random': a module gives the same answer every time/)
  expect(emitted).toThrow(expect.objectContaining({ code: 'NOT_SUPPORTED' }))
})
