import type { Capabilities, PrimitiveName } from '@neurite/core'
import { env } from '@tensorflow/tfjs-core'
import type { Device } from './device.js'

/** Kernels of tfjs that a primitive cannot do without; those for which a composition stands in are left out. */
const NEEDED = {
  matmul: ['BatchMatMul'],
  conv2d: ['Conv2D'],
  conv2dInputGradient: ['Conv2DBackpropInput'],
  conv2dFilterGradient: ['BatchMatMul'],
  maxPool2d: ['MaxPool'],
  maxPool2dGradient: ['MaxPool'],
  avgPool2d: ['AvgPool'],
  avgPool2dGradient: ['AvgPoolGrad'],
  topKIndices: ['TopK'],
  argMax: ['ArgMax'],
  argMin: ['ArgMin'],
  cumsum: ['Cumsum'],
  gather: ['GatherV2'],
  scatterAdd: ['ScatterNd'],
  erf: ['Erf'],
  pow: ['Pow'],
} as const satisfies Partial<Record<PrimitiveName, readonly string[]>>

/** What an engine can do. All four engines of tfjs have all kernels; one that its user registered may lack some. */
export function capabilitiesOf(device: Device): Capabilities {
  const needed = Object.entries(NEEDED) as [PrimitiveName, readonly string[]][]
  return {
    dtypes: ['float32', 'int32', 'bool'],
    syncRead: device.traits.syncRead,
    float32Precision: precisionOf(device),
    // Shaders hold int32 exactly, but the engines' arithmetic on it goes through float32.
    int32Precision: device.engine === 'webgl' || device.engine === 'webgpu' ? 24 : 32,
    missing: needed.filter(([, kernels]) => !kernels.every((kernel) => device.has(kernel))).map(([name]) => name),
  }
}

/** tfjs' own answer for WebGL is 16 wherever it renders to float32; the flag that it consults is right. */
export function precisionOf({ engine, backend }: Device): 16 | 32 {
  if (engine !== 'webgl') return backend.floatPrecision()
  return env().getBool('WEBGL_RENDER_FLOAT32_ENABLED') ? 32 : 16
}
