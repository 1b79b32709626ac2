// The chapter's Backpropagation Example 1 with numbers: two inputs, three hidden neurons, two outputs. Steps [1] to [6] in
// the chapter's order (4.3.4), then the same as matrices (Remark 2). Run: npx tsx examples/chapter-4.3.4.ts
import { add, mul, setDefaultBackend, sigmoid, square, sub, tensor, type Tensor } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { latexSteps, traceBackprop } from '@neurite/explain'
import { sse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'

setDefaultBackend(cpu())
const x = [0.5, -1.2]
const target = [0.9, 0.2]
// W_y[i][k]: from input k to hidden neuron i; W_z[j][i]: from hidden neuron i to output j.
const Wy = [
  [0.3, -0.4],
  [0.7, 0.2],
  [-0.6, 0.9],
]
const Wz = [
  [0.8, -0.5, 0.1],
  [-0.3, 0.6, 0.4],
]

const number = (value: number) => tensor(value, { dtype: 'float64' })
const numbers = (rows: number[][]) => rows.map((row) => row.map(number))
const names = (rows: number[][], letter: string) =>
  rows.map((row, i) => row.map((_, k) => `w_{${letter}${i + 1}_${k + 1}}`))
const sumOf = (terms: Tensor[]) => terms.reduce((a, b) => add(a, b))

const trace = await traceBackprop(
  ({ x, wy, wz }, name) => {
    const neuron = (letter: string, j: number, weights: Tensor[], inputs: Tensor[]) => {
      const sum = name(`${letter}_{${j + 1}}`, sumOf(weights.map((w, i) => mul(inputs[i]!, w))))
      return name(`\\varphi(${letter}_{${j + 1}})`, sigmoid(sum))
    }
    const hidden = wy.map((weights, i) => neuron('y', i, weights, x))
    const outputs = wz.map((weights, j) => neuron('z', j, weights, hidden))
    return sumOf(outputs.map((output, j) => square(sub(output, target[j]!))))
  },
  { x: x.map(number), wy: numbers(Wy), wz: numbers(Wz) },
  { names: { x: ['x_{1}', 'x_{2}'], wy: names(Wy, 'y'), wz: names(Wz, 'z') } },
)

const steps = latexSteps(trace, { withNumbers: true, digits: 4 })
const order = {
  1: ['w_{z1_2}'],
  2: ['w_{z2_2}'],
  3: ['z_{1}', 'z_{2}'],
  4: ['w_{y2_2}'],
  5: ['y_{2}'],
  6: ['\\varphi(y_{2})'],
}
console.log('Forward')
for (const { pass, latex } of steps) if (pass === 'forward') console.log(`    ${latex}`)
for (const [step, names] of Object.entries(order))
  for (const wanted of names)
    console.log(`[${step}] ${steps.find(({ pass, name }) => pass === 'backward' && name === wanted)!.latex}`)

console.log('\nOnly what w_{y2_2} needs, from the loss back')
for (const { pass, latex } of latexSteps(trace, { only: 'w_{y2_2}', digits: 4 }))
  if (pass === 'backward') console.log(`    ${latex}`)

console.log('\nRemark 2: the same with matrices')
const columns = (rows: number[][]) => rows[0]!.map((_, k) => rows.map((row) => row[k]!))
const float64 = (rows: number[][]) => tensor(rows, { dtype: 'float64' })
const model = sequential([
  dense(3, { activation: 'sigmoid', useBias: false }),
  dense(2, { activation: 'sigmoid', useBias: false }),
])
const matrices = await traceBackprop(
  { model, loss: sse },
  {
    params: [{ weight: float64(columns(Wy)) }, { weight: float64(columns(Wz)) }],
    x: float64([x]),
    y: float64([target]),
  },
)
for (const { latex } of latexSteps(matrices, { digits: 4 })) console.log(`    ${latex}`)
