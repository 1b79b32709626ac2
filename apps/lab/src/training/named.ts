import { NeuriteError, type Backend } from '@neurite/core'
import * as losses from '@neurite/losses'
import type { Loss } from '@neurite/losses'
import * as optimizers from '@neurite/optimizers'
import type { Optimizer } from '@neurite/optimizers'
import type { BackendName, Named } from './spec.js'

const LOSSES = {
  mse: losses.mse,
  sse: losses.sse,
  mae: losses.mae,
  sumAbsoluteResiduals: losses.sumAbsoluteResiduals,
  huber: losses.huber,
  hinge: losses.hinge,
  binaryCrossEntropy: losses.binaryCrossEntropy,
  crossEntropy: losses.crossEntropy,
  sparseCrossEntropy: losses.sparseCrossEntropy,
} as const

const OPTIMIZERS = {
  sgd: optimizers.sgd,
  gradientDescent: optimizers.gradientDescent,
  rmsprop: optimizers.rmsprop,
  adagrad: optimizers.adagrad,
  adam: optimizers.adam,
  adamw: optimizers.adamw,
  nadam: optimizers.nadam,
  lion: optimizers.lion,
} as const

function entry<T>(table: Readonly<Record<string, T>>, what: string, kind: string): T {
  const found = Object.hasOwn(table, kind) ? table[kind] : undefined
  if (found === undefined) throw new NeuriteError('INVALID_ARGUMENT', `there is no ${what} '${kind}' in the lab.`)
  return found
}

// The packages check the options, whoever gives them.
export function lossNamed({ kind, ...options }: Named): Loss {
  const make = entry<(options: object) => Loss>(LOSSES, 'loss', kind)
  return make(options)
}

export function optimizerNamed({ kind, ...options }: Named): Optimizer {
  const make = entry<(options: object) => Optimizer>(OPTIMIZERS, 'optimizer', kind)
  return make(options)
}

/** An engine comes when it is chosen. One that cannot run here says why. */
export async function backendNamed(name: BackendName): Promise<Backend> {
  switch (name) {
    case 'cpu':
      return (await import('@neurite/backend-cpu')).cpu()
    case 'tfjs:wasm':
      return (await import('./wasm-engine.js')).wasmEngine()
    case 'tfjs:webgl':
      return (await import('@neurite/backend-tfjs/webgl')).webgl()
    case 'tfjs:webgpu':
      return (await import('@neurite/backend-tfjs/webgpu')).webgpu()
  }
}
