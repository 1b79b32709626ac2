import { cpu } from '@neurite/backend-cpu'
import { tensor, type Tensor } from '@neurite/core'
import { Table } from '@neurite/data'
import { encodeModel } from '@neurite/io'
import type { LayerWeights } from './code.js'
import { FEATURES } from './features.js'
import { networkOf, outputKind, type NetworkChoice } from './spec.js'

export interface FileRequest {
  readonly choice: NetworkChoice
  readonly weights: readonly LayerWeights[]
  /** Rows of inputs, as the network takes them. */
  readonly examples: readonly (readonly number[])[]
}

/** The bytes of a model file, whose columns are the chosen features. */
export async function playgroundFile({ choice, weights, examples }: FileRequest): Promise<Uint8Array<ArrayBuffer>> {
  const backend = cpu()
  try {
    const model = networkOf(choice)
    const params = weights.flatMap(({ weight, bias }, l) => {
      const shape = [weight.length / bias.length, bias.length]
      const entry: Readonly<Record<string, Tensor>> = {
        weight: tensor(weight, { shape, backend }),
        bias: tensor(bias, { shape: [bias.length], backend }),
      }
      // A dropout layer has no params, but a place among them.
      return (choice.layers[l]?.dropout ?? 0) > 0 ? [entry, {}] : [entry]
    })
    const columns = Object.fromEntries(
      choice.features.map((name, k) => [FEATURES[name].code, examples.map((row) => row[k]!)]),
    )
    const kind = outputKind(choice)
    return await encodeModel({
      model,
      params,
      examples: Table.fromColumns(columns),
      ...(kind !== 'height' && { labels: ['B', 'A'], threshold: 0 }),
    })
  } finally {
    backend.dispose()
  }
}
