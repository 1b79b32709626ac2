/** Units of each layer, inputs first. The first is the chain rule at its barest; 2-3-2 is the chapter's Backpropagation Example 1. */
export const NETS = ['1-1-1', '2-2-1', '2-3-2', '2-3-3-1', '2-4-3-1'] as const
export type NetName = (typeof NETS)[number]

export const ACTIVATIONS = ['sigmoid', 'tanh', 'relu', 'identity'] as const
export type PhiName = (typeof ACTIVATIONS)[number]

export const LOSSES = ['sse', 'mse'] as const
export type LossName = (typeof LOSSES)[number]

/** Weights, biases, inputs and targets lie in [-MOST, MOST]. */
export const MOST = 3

export const sizesOf = (net: NetName): readonly number[] => net.split('-').map(Number)

/** The chapter's letters for the weighted sums of a layer: y, then z (4.3.4). */
export const LETTERS = ['y', 'z', 'u'] as const

/** Names of weights in the order in which a link holds them: by layer, by neuron, by what enters it. */
export function weightNames(net: NetName): readonly (readonly (readonly string[])[])[] {
  const sizes = sizesOf(net)
  return sizes
    .slice(1)
    .map((units, l) =>
      Array.from({ length: units }, (_, j) =>
        Array.from({ length: sizes[l]! }, (_, i) => `w_{${LETTERS[l]}${j + 1}_${i + 1}}`),
      ),
    )
}

/** Names of biases: by layer, by neuron. */
export const biasNames = (net: NetName): readonly (readonly string[])[] =>
  weightNames(net).map((rows, l) => rows.map((_, j) => `b_{${LETTERS[l]}${j + 1}}`))

/** The largest network's. */
export const [MOST_WEIGHTS, MOST_BIASES] = [23, 8]

export const namesOfWeights = (net: NetName): readonly string[] => weightNames(net).flat(2)
export const namesOfBiases = (net: NetName): readonly string[] => biasNames(net).flat()
/** All that is learned, in the order in which a link counts them. */
export const namesOfParams = (net: NetName, biases: boolean): readonly string[] => [
  ...namesOfWeights(net),
  ...(biases ? namesOfBiases(net) : []),
]
export const namesOf = (letter: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${letter}_{${i + 1}}`)

// The numbers of packages/explain/examples/chapter-network.ts; other networks take as many as they need, in turn.
const X = [0.5, -1.2]
const T = [0.9, 0.2]
const B = [0.4, -0.3, 0.2, 0.1, -0.5]
const W = [0.3, -0.4, 0.7, 0.2, -0.6, 0.9, 0.8, -0.5, 0.1, -0.3, 0.6, 0.4]

const take = (from: readonly number[], count: number): number[] =>
  Array.from({ length: count }, (_, i) => from[i % from.length]!)

/** What was chosen, if it is as many numbers as the network has; else the beginning. A link, or another network, may say other counts. */
const orInitial = (given: readonly number[], from: readonly number[], count: number): readonly number[] =>
  given.length === count ? given : take(from, count)

export interface Values {
  readonly x: readonly number[]
  readonly t: readonly number[]
  readonly w: readonly number[]
  /** None where the network has no biases, as the chapter's example. */
  readonly b: readonly number[]
}

export function valuesOf(net: NetName, given: Values, biases = false): Values {
  const sizes = sizesOf(net)
  return {
    x: orInitial(given.x, X, sizes[0]!),
    t: orInitial(given.t, T, sizes.at(-1)!),
    w: orInitial(given.w, W, namesOfWeights(net).length),
    b: biases ? orInitial(given.b, B, namesOfBiases(net).length) : [],
  }
}
