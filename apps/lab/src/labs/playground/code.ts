import type { BackendName, Edit, TrainingSpec } from '../../training/spec.js'
import { FEATURES } from './features.js'
import type { HiddenActivation } from './layers.js'
import { outputKind, placesOf, type NetworkChoice, type OptimizerName, type OutputKind } from './spec.js'

/** A layer's weights, [from][to] row by row, and biases. */
export interface LayerWeights {
  readonly weight: Float32Array
  readonly bias: Float32Array
}

/** A network with what it has learned. */
export interface TrainedChoice extends NetworkChoice {
  readonly weights: readonly LayerWeights[]
  readonly iteration: number
  readonly spec: TrainingSpec
  readonly optimizer: OptimizerName
  readonly backend: BackendName
  /** Weights that were set by hand on the way there. */
  readonly edits: readonly Edit[]
}

/** Few digits that give the same float32. */
const digits = (value: number): string => {
  for (let precision = 6; precision < 9; precision++) {
    const text = String(Number(value.toPrecision(precision)))
    if (Math.fround(Number(text)) === value) return text
  }
  return String(value)
}

const row = (values: ArrayLike<number>): string => `[${Array.from(values, digits).join(', ')}]`

/** The rows of a weight: one for each unit that it leads to. */
const rowsTo = ({ weight, bias }: LayerWeights): string =>
  Array.from({ length: bias.length }, (_, to) => row(weight.filter((_, k) => k % bias.length === to))).join(',\n      ')

const ACTIVATION_CODE: Readonly<Record<HiddenActivation, string>> = {
  tanh: 'Math.tanh(z)',
  relu: 'Math.max(0, z)',
  sigmoid: '1 / (1 + Math.exp(-z))',
  identity: 'z',
  leakyRelu: 'z < 0 ? 0.01 * z : z',
  elu: 'z < 0 ? Math.expm1(z) : z',
  selu: '1.0507009873554805 * (z < 0 ? 1.6732632423543772 * Math.expm1(z) : z)',
  gelu: '0.5 * z * (1 + erf(z / Math.SQRT2))',
  silu: 'z / (1 + Math.exp(-z))',
  softplus: 'Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))',
  softsign: 'z / (1 + Math.abs(z))',
  mish: 'z * Math.tanh(Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))))',
}

/** Abramowitz & Stegun, 7.1.26: off by at most 1.5e-7. */
const ERF_CODE = `function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x))
  const tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return Math.sign(x) * (1 - tail * Math.exp(-x * x))
}

`

const OUTPUT_CODE: Readonly<Record<OutputKind, { readonly name: HiddenActivation; readonly says: string }>> = {
  logit: { name: 'sigmoid', says: 'the probability of class A' },
  sign: { name: 'tanh', says: 'above 0 for class A, below for class B' },
  score: { name: 'identity', says: 'above 0 for class A, below for class B' },
  height: { name: 'identity', says: 'the height' },
}

/** A function of two numbers that needs nothing: no package, no file. */
export function standaloneProgram(trained: TrainedChoice): string {
  const { features, layers, weights, iteration } = trained
  const output = OUTPUT_CODE[outputKind(trained)]
  const activations = [...layers.map(({ activation }) => activation), output.name]
  const used = [...new Set(activations)]
  const list = weights
    .map(
      (layer, l) => `  {
    activation: ${activations[l]},
    weight: [
      ${rowsTo(layer)},
    ],
    bias: ${row(layer.bias)},
  },`,
    )
    .join('\n')
  return `// A network of the Neurite playground after ${iteration} iterations. It needs nothing but this file.

type Activation = (z: number) => number

${used.includes('gelu') ? ERF_CODE : ''}${used.map((name) => `const ${name}: Activation = (z) => ${ACTIVATION_CODE[name]}`).join('\n')}

/** Each layer: a row of weights for each neuron, and its bias. */
const layers: readonly { activation: Activation; weight: readonly (readonly number[])[]; bias: readonly number[] }[] = [
${list}
]

/** At the point (x1, x2): ${output.says}. */
export function network(x1: number, x2: number): number {
  let values = [${features.map((name) => FEATURES[name].code).join(', ')}]
  for (const { activation, weight, bias } of layers)
    values = weight.map((row, unit) => activation(row.reduce((sum, w, i) => sum + w * values[i]!, bias[unit]!)))
  return values[0]!
}
`
}

/** Everything as data: the training's description, and the weights at this iteration. */
export function modelJson(trained: TrainedChoice): string {
  const { features, iteration, spec, weights, layers } = trained
  const { model, loss, optimizer, batchSize, order, seed } = spec
  const places = placesOf(layers)
  return `${JSON.stringify(
    {
      features: features.map((name) => FEATURES[name].code),
      model,
      training: { loss, optimizer, batchSize, order, seed, iteration },
      params: weights.map(({ weight, bias }, l) => ({
        layer: places[l],
        weight: Array.from({ length: weight.length / bias.length }, (_, from) =>
          Array.from(weight.subarray(from * bias.length, (from + 1) * bias.length)),
        ),
        bias: Array.from(bias),
      })),
    },
    undefined,
    2,
  )}\n`
}

/** The part of a program that sets weights by hand. */
const byHand = (edits: readonly Edit[]): string =>
  edits.length === 0
    ? ''
    : `// Set by hand: after so many iterations, in which layer, which number of its weights or biases.
const edits = [
${edits
  .map(({ iteration, path, place, value }) => {
    const [layer, leaf] = path.split('.')
    return `  { iteration: ${iteration}, layer: ${layer}, leaf: '${leaf}', place: ${place}, value: ${value} },`
  })
  .join('\n')}
]

async function set(run: Run, iteration: number): Promise<void> {
  for (const edit of edits.filter((one) => one.iteration === iteration)) {
    const taken = run.snapshot()
    const params = [...(taken.params as readonly Readonly<Record<string, Tensor>>[])]
    const { [edit.leaf]: leaf, ...others } = params[edit.layer]!
    const data = Float32Array.from(await leaf!.data())
    data[edit.place] = edit.value
    params[edit.layer] = { ...others, [edit.leaf]: tensor(data, { shape: leaf!.shape, backend: leaf!.backend }) }
    leaf!.dispose()
    run.restore({ ...taken, params })
  }
}

const byHand: Callback = {
  name: 'by hand',
  onTrainBegin: (run) => set(run, 0),
  onIteration: ({ iteration }, run) => set(run, iteration + 1),
}

`

/** The backends that run anywhere, as a program has them. What was trained on another one is trained again on cpu, to other last digits. */
const BACKEND_CODE = {
  cpu: { package: 'backend-cpu', name: 'cpu', made: 'cpu()' },
  wasm: { package: 'backend-wasm', name: 'wasm', made: 'await wasm()' },
} as const

/** A program that builds the same network with Neurite, and trains it on the same points from the same seed: the same weights come out. */
export function neuriteProgram(trained: TrainedChoice): string {
  const { spec, iteration, features, edits } = trained
  const { kind: lossKind, ...lossOptions } = spec.loss
  const { kind: optimizerKind, ...optimizerOptions } = spec.optimizer
  const rows = spec.data.x.shape[0]!
  const backend = trained.backend === 'wasm' ? BACKEND_CODE.wasm : BACKEND_CODE.cpu
  const perEpoch = spec.batchSize === 'full' ? 1 : Math.ceil(rows / spec.batchSize)
  return `// The network of the Neurite playground, trained again from the same seed: after ${iteration} iterations its weights are the playground's.
import { ${backend.name} } from '@neurite/${backend.package}'${edits.length === 0 ? '' : "\nimport { tensor, type Tensor } from '@neurite/core'"}
import { ${lossKind} } from '@neurite/losses'
import { layerFromConfig } from '@neurite/nn'
import { ${optimizerKind} } from '@neurite/optimizers'
import { fit, type Callback${edits.length === 0 ? '' : ', type Run'} } from '@neurite/train'

const model = layerFromConfig(${JSON.stringify(spec.model)})

// A row for each point: ${features.map((name) => FEATURES[name].code).join(', ')}.
const x = { shape: [${spec.data.x.shape.join(', ')}], data: Float32Array.of(${Array.from(spec.data.x.data, digits).join(', ')}) }
const y = { shape: [${spec.data.y.shape.join(', ')}], data: Float32Array.of(${Array.from(spec.data.y.data, digits).join(', ')}) }

${byHand(edits)}const stop: Callback = {
  name: 'stop',
  onIteration({ iteration }, run) {
    if (iteration + 1 === ${iteration}) run.stop('as far as the playground')
  },
}

export const { params } = await fit(model, { x, y }, {
  loss: ${lossKind}(${JSON.stringify(lossOptions)}),
  optimizer: ${optimizerKind}(${JSON.stringify(optimizerOptions)}),
  epochs: ${Math.max(1, Math.ceil(iteration / perEpoch))},
  batchSize: ${JSON.stringify(spec.batchSize)},
  order: ${JSON.stringify(spec.order ?? 'shuffled-cyclic')},
  seed: ${spec.seed},
  callbacks: [${edits.length === 0 ? '' : 'byHand, '}stop],
  backend: ${backend.made},
})
`
}
