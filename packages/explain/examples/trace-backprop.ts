// Backpropagation of a small network, step by step (chapter 4.3.4). Run: npx tsx examples/trace-backprop.ts
import { mul, setDefaultBackend, sigmoid, square, sub, tensor } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { latexSteps, traceBackprop } from '@neurite/explain'

setDefaultBackend(cpu())
const number = (value: number) => tensor(value, { dtype: 'float64' })

// One input, one hidden neuron, one output: loss = (sigma(w_2 sigma(w_1 x)) - 1)^2.
const inputs = { x: number(0.5), w1: number(0.8), w2: number(-0.4) }
const trace = await traceBackprop(
  ({ x, w1, w2 }, name) => {
    const h = name('\\varphi(y)', sigmoid(name('y', mul(w1, x))))
    const out = name('\\varphi(z)', sigmoid(name('z', mul(w2, h))))
    return square(sub(out, 1))
  },
  inputs,
  { names: { x: 'x', w1: 'w_{1}', w2: 'w_{2}' } },
)

for (const { pass, latex } of latexSteps(trace)) console.log(`${pass.padEnd(8)} ${latex}`)
