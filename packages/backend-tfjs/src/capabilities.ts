import type { Capabilities, PrimitiveName } from '@neurite/core'
import { env } from '@tensorflow/tfjs-core'
import type { Device } from './device.js'
import { traitsOf } from './traits.js'

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
export function capabilitiesOf(
  engine: string,
  has: (kernel: string) => boolean,
  float32Precision: 16 | 32,
): Capabilities {
  const { syncRead, int32Precision } = traitsOf(engine)
  const needed = Object.entries(NEEDED) as [PrimitiveName, readonly string[]][]
  return {
    dtypes: ['float32', 'int32', 'bool'],
    syncRead,
    float32Precision,
    int32Precision,
    missing: needed.filter(([, kernels]) => !kernels.every(has)).map(([name]) => name),
  }
}

/** What {@link precisionOf} may be, from device to device. */
export function precisionsOf(engine: string): readonly (16 | 32)[] {
  return engine === 'webgl' ? [32, 16] : [32]
}

/** tfjs' own answer for WebGL is 16 wherever it renders to float32; the flag that it consults is right. */
export function precisionOf({ engine, backend }: Device): 16 | 32 {
  if (engine !== 'webgl') return backend.floatPrecision()
  return env().getBool('WEBGL_RENDER_FLOAT32_ENABLED') ? 32 : 16
}
