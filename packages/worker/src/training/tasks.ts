import { disposeTree, type Backend, type Tree } from '@neurite/core'
import { lossFromConfig } from '@neurite/losses'
import { layerFromConfig, type LayerBuilders, type LayerConfig } from '@neurite/nn'
import { optimizerFromConfig } from '@neurite/optimizers'
import {
  callbackFromConfig,
  evaluate,
  fitEvents,
  metricFromConfig,
  predict,
  type Dataset,
  type FitEvent,
  type FitResult,
  type Metric,
} from '@neurite/train'
import { errorOf, type Failure } from '../failure.js'
import type { TaskContext } from '../tasks.js'
import {
  packTensor,
  packTree,
  unpackArray,
  unpackTree,
  type PackedArray,
  type PackedTensor,
  type PackedTree,
} from './numbers.js'
import type { PackedData, PackedFit, PackedMeasures, PackedTrees } from './pack.js'

// The worker's side: what the page packed is made again, and given to @neurite/train.

/** A result, with its numbers on the host. */
export type PackedResult = Omit<FitResult, keyof ResultTrees> & {
  readonly trees: Readonly<Record<keyof ResultTrees, PackedTree>>
}

type ResultTrees = Pick<FitResult, 'params' | 'state' | 'optimizerState'>

/** What a training tells the page. */
export type PackedEvent =
  | Exclude<FitEvent, { readonly kind: 'end' }>
  | { readonly kind: 'warning'; readonly message: string }
  | { readonly kind: 'end'; readonly result: PackedResult }

/** What every task is told. */
interface Where {
  /** The name of one of the worker's backends. Default: the first. */
  readonly backend: string | undefined
}

interface FitArgs extends PackedFit, Where {
  /** By which `stop` calls it. */
  readonly run: number
  readonly iterations: boolean
}

interface PredictArgs extends Where {
  readonly model: LayerConfig
  readonly trees: PackedTrees
  readonly x: PackedArray
  readonly batchSize: number
}

interface EvaluateArgs extends PackedMeasures, Where {
  readonly model: LayerConfig
  readonly trees: PackedTrees
  readonly data: PackedData
  readonly batchSize: number
}

export type TrainingTasks = ReturnType<typeof trainingTasks>

/** @param backendOf - the backend of a name; undefined: the first */
export function trainingTasks(backendOf: (name: string | undefined) => Promise<Backend>, builders: LayerBuilders) {
  const runs = new Map<number, AbortController>()

  async function* fit(args: FitArgs, { signal }: TaskContext): AsyncGenerator<PackedEvent, void, undefined> {
    const controller = new AbortController()
    runs.set(args.run, controller)
    signal.addEventListener('abort', () => controller.abort(signal.reason))
    const owned: unknown[] = []
    const warnings: string[] = []
    try {
      const backend = await backendOf(args.backend)
      const options: object = {
        ...args.plain,
        ...unpackMeasures(args),
        optimizer: optimizerFromConfig(args.optimizer),
        callbacks: args.callbacks.map(callbackFromConfig),
        ...(args.validation && { validation: unpackData(args.validation, backend, owned) }),
        ...unpackTrees(args.trees, backend, owned),
        ...{ backend, iterations: args.iterations, signal: controller.signal },
        onWarning: (message: string) => void warnings.push(message),
      }
      const model = layerFromConfig(args.model, { builders })
      const data = unpackData(args.data, backend, owned)
      // What the page's readers have read; they are read here again.
      const events = fitEvents(model, data, options as Parameters<typeof fitEvents>[2])
      for await (const event of events) {
        for (const message of warnings.splice(0)) yield { kind: 'warning', message }
        yield event.kind === 'end' ? { kind: 'end', result: await packResult(event.result) } : event
      }
    } finally {
      runs.delete(args.run)
      disposeTree(owned)
    }
  }

  return {
    fit,
    /** Ends a training between two steps, which keeps what was learned. */
    stop({ run, reason }: { readonly run: number; readonly reason: Failure }): void {
      runs.get(run)?.abort(errorOf(reason))
    },
    async predict(
      { backend: name, model, trees, x, batchSize }: PredictArgs,
      { signal }: TaskContext,
    ): Promise<PackedTensor> {
      const owned: unknown[] = []
      try {
        const backend = await backendOf(name)
        const { params, ...state } = unpackTrees(trees, backend, owned)
        const rows = unpackArray(x, backend)
        owned.push(rows)
        const output = await predict(layerFromConfig(model, { builders }), params!, rows, {
          ...state,
          batchSize,
          signal,
        })
        owned.push(output)
        return await packTensor(output)
      } finally {
        disposeTree(owned)
      }
    },
    async evaluate(
      { backend: name, model, trees, data, batchSize, ...measures }: EvaluateArgs,
      { signal }: TaskContext,
    ): Promise<Readonly<Record<string, number>>> {
      const owned: unknown[] = []
      try {
        const backend = await backendOf(name)
        const { params, ...state } = unpackTrees(trees, backend, owned)
        const rows = unpackData(data, backend, owned)
        const options = { ...unpackMeasures(measures), ...state, batchSize, signal }
        return await evaluate(layerFromConfig(model, { builders }), params!, rows, options)
      } finally {
        disposeTree(owned)
      }
    },
  }
}

function unpackMeasures({ loss, metrics }: PackedMeasures) {
  const made = Object.entries(metrics).map(([name, config]) => [name, metricFromConfig(config) as Metric] as const)
  return { ...(loss && { loss: lossFromConfig(loss) }), metrics: Object.fromEntries(made) }
}

/** @param owned - gets the tensors, which are to be disposed of */
function unpackTrees(trees: PackedTrees, backend: Backend, owned: unknown[]): Readonly<Record<string, Tree>> {
  const made = Object.fromEntries(Object.entries(trees).map(([name, tree]) => [name, unpackTree(tree, backend)]))
  owned.push(made)
  return made
}

function unpackData(data: PackedData, backend: Backend, owned: unknown[]): Dataset {
  const made = Object.fromEntries(
    Object.entries(data).map(([name, values]) => [name, values && unpackArray(values, backend)]),
  )
  owned.push(made)
  // What `fit` takes of it, it says itself.
  return made as object as Dataset
}

/** The tensors are read, and given back. */
async function packResult({ params, state, optimizerState, ...rest }: FitResult): Promise<PackedResult> {
  try {
    const [ofParams, ofState, ofOptimizer] = await Promise.all([
      packTree('params', params),
      packTree('state', state),
      packTree('optimizerState', optimizerState),
    ])
    return { ...rest, trees: { params: ofParams, state: ofState, optimizerState: ofOptimizer } }
  } finally {
    disposeTree([params, state, optimizerState])
  }
}
