import {
  add,
  type Backend,
  div,
  mul,
  relu,
  reshape,
  sigmoid,
  square,
  sub,
  tanh,
  tensor,
  type Tensor,
} from '@neurite/core'
import type { Name } from '@neurite/explain'
import {
  biasNames,
  LETTERS,
  namesOf,
  weightNames,
  type LossName,
  type NetName,
  type PhiName,
  type Values,
} from './networks.js'

/** A network, its loss and all its numbers. */
export interface Problem extends Values {
  readonly net: NetName
  readonly phi: PhiName
  readonly loss: LossName
}

/** Weights by layer, neuron and input. */
export type Weights<T> = readonly (readonly (readonly T[])[])[]
/** Biases by layer and neuron; empty without any. */
export type Biases<T> = readonly (readonly T[])[]

const PHI: Readonly<Record<PhiName, (z: Tensor) => Tensor>> = {
  sigmoid: (z) => sigmoid(z),
  tanh: (z) => tanh(z),
  relu: (z) => relu(z),
  // A value of its own, which is written as z.
  identity: (z) => reshape(z, []),
}

const sumOf = (terms: readonly Tensor[]): Tensor => terms.reduce((a, b) => add(a, b))
export const numberOn =
  (backend: Backend) =>
  (value: number): Tensor =>
    tensor(value, { dtype: 'float64', backend })

/** A flat list of weights as layers. */
export function layered<T>(net: NetName, flat: readonly T[]): Weights<T> {
  let k = 0
  return weightNames(net).map((rows) => rows.map((row) => row.map(() => flat[k++]!)))
}

/** A flat list of biases as layers. */
export function layeredBiases<T>(net: NetName, flat: readonly T[]): Biases<T> {
  let k = 0
  return flat.length === 0 ? [] : biasNames(net).map((row) => row.map(() => flat[k++]!))
}

/** What the loss is a function of. */
export interface Inputs {
  readonly x: readonly Tensor[]
  readonly w: Weights<Tensor>
  readonly b: Biases<Tensor>
}

/**
 * The chapter's network number by number, every value named as there (4.3.4, Backpropagation Example 1): layer by layer, first all
 * weighted sums, then all activations.
 */
export function lossOf({ phi, loss, t }: Problem, backend: Backend) {
  const number = numberOn(backend)
  return ({ x, w, b }: Inputs, name: Name): Tensor => {
    const outputs = w.reduce<readonly Tensor[]>((inputs, rows, l) => {
      const letters = namesOf(LETTERS[l]!, rows.length)
      const sums = rows.map((row, j) => {
        const products = row.map((weight, i) => mul(inputs[i]!, weight))
        const bias = b[l]?.[j]
        return name(letters[j]!, sumOf(bias === undefined ? products : [...products, bias]))
      })
      return sums.map((sum, j) => name(`\\varphi(${letters[j]})`, PHI[phi](sum)))
    }, x)
    const targets = namesOf('t', t.length).map((letter, j) => name(letter, number(t[j]!)))
    const sse = sumOf(outputs.map((output, j) => square(sub(output, targets[j]!))))
    return loss === 'mse' && outputs.length > 1 ? div(sse, outputs.length) : sse
  }
}
