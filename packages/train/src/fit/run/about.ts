import type { Json } from '@neurite/core'
import type { Layer } from '@neurite/nn'
import type { Checkpoint } from '../../checkpoint/checkpoint.js'
import type { Fit } from './options.js'

/** What a run is made of, as plain data that JSON keeps: of functions of one's own the name, where they have one. */
export function aboutParts(
  model: Layer,
  { loss, optimizer, classWeights, metrics }: Pick<Fit, 'loss' | 'optimizer' | 'classWeights' | 'metrics'>,
): Checkpoint['run'] {
  const about = {
    model: aboutLayer(model),
    loss: aboutFunction(loss),
    optimizer: optimizer.config ?? 'custom',
    classWeights: classWeights ?? null,
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, aboutFunction(metric)])),
  }
  return JSON.parse(JSON.stringify(about)) as Checkpoint['run']
}

/** A loss or a metric: one that says what it is, with its options. */
function aboutFunction(
  given: ((...args: never[]) => unknown) & {
    readonly kind?: string
    readonly options?: Readonly<Record<string, unknown>>
  },
): Readonly<Record<string, unknown>> {
  const { kind, options, name } = given
  return kind === undefined ? { kind: 'custom', name } : { kind, ...options }
}

/** A layer without a config by its name; an activation of one's own by that of the function. */
function aboutLayer({ name, config = { kind: name }, activation, layers }: Layer): Readonly<Record<string, Json>> {
  return {
    ...config,
    ...(config.activation === 'custom' &&
      typeof activation === 'function' && { activation: { kind: 'custom', name: activation.name } }),
    ...(layers && { layers: layers.map(aboutLayer) }),
  }
}
