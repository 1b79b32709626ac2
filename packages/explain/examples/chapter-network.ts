// The network of the chapter's Backpropagation Example 1 with numbers (4.3.4): two inputs, three hidden neurons, two outputs.
import { add, mul, sigmoid, square, sub, tensor, type Tensor } from '@neurite/core'
import { traceBackprop, type BackpropTrace } from '@neurite/explain'

export const x = [0.5, -1.2]
export const target = [0.9, 0.2]
// W_y[i][k]: from input k to hidden neuron i; W_z[j][i]: from hidden neuron i to output j.
export const Wy = [
  [0.3, -0.4],
  [0.7, 0.2],
  [-0.6, 0.9],
]
export const Wz = [
  [0.8, -0.5, 0.1],
  [-0.3, 0.6, 0.4],
]

const number = (value: number) => tensor(value, { dtype: 'float64' })
const numbers = (rows: number[][]) => rows.map((row) => row.map(number))
const names = (rows: number[][], letter: string) =>
  rows.map((row, i) => row.map((_, k) => `w_{${letter}${i + 1}_${k + 1}}`))
const sumOf = (terms: Tensor[]) => terms.reduce((a, b) => add(a, b))

/** Its backpropagation, every value named as in the chapter. */
export const chapterTrace = (): Promise<BackpropTrace> =>
  traceBackprop(
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
