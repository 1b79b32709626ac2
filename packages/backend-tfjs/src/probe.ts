import { env } from '@tensorflow/tfjs-core'
import type { Device, Value } from './device.js'
import type { Findings, Point } from './findings.js'

export const FUNCTIONS: Readonly<Record<string, (x: number) => number>> = {
  Exp: Math.exp,
  Expm1: Math.expm1,
  Log: Math.log,
  Log1p: Math.log1p,
  Sqrt: Math.sqrt,
  Sin: Math.sin,
  Cos: Math.cos,
  Tanh: Math.tanh,
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  Relu: (x) => (x < 0 ? 0 : x),
  Floor: Math.floor,
}

const POINTS: readonly (readonly [Point, number])[] = [
  ['NaN', Number.NaN],
  ['infinity', Infinity],
  ['-infinity', -Infinity],
  ['zero', -0],
  ['negative', -2],
]
/** Near 0, where differences cancel (no powers of 2: 1 + x rounds none of them), and out to where periodic functions are reduced. */
const BETWEEN = [1.3e-8, -1.3e-8, 0.00017, -0.00017, 0.11, -0.11, 0.7, 1.3, 2.5, 3.6] as const
const INPUTS = [...POINTS.map(([, x]) => x), ...BETWEEN]
/** In units of the rounding error. */
const ALLOWED = 16

/**
 * Tries the engine's kernels where shaders differ from device to device: NaN, infinities, -0, and the precision of
 * functions (WGSL, section 15.7.4, "Floating point accuracy", allows sin to be off by 2^-11). What fails is mended by
 * compositions; what a device gets right costs nothing.
 */
export async function probe(device: Device, precision: 16 | 32): Promise<Findings> {
  const results = onDevice(device.engine, () =>
    Object.keys(FUNCTIONS)
      .filter((kernel) => device.has(kernel))
      .map((kernel) => [kernel, device.compute(() => run(device, kernel))] as const),
  )
  const unit = precision === 32 ? 2 ** -24 : 2 ** -11
  const wrongAt = new Map<string, Point[]>()
  const mirrored = new Set<string>()
  const inexact = new Set<string>()
  for (const [kernel, value] of results) {
    const got = (await device.backend.read(value.dataId)) as Float32Array
    device.release(value)
    const f = FUNCTIONS[kernel]!
    const wrong = POINTS.filter(([, x], i) => !agrees(kernel, got[i]!, Math.fround(f(x)))).map(([point]) => point)
    // Inside the domain, -2 is an ordinary number.
    wrongAt.set(
      kernel,
      wrong.filter((point) => point !== 'negative' || Number.isNaN(f(-2))),
    )
    const off = BETWEEN.map(Math.fround).filter(
      (x, i) => Math.abs(got[POINTS.length + i]! - f(x)) > ALLOWED * unit * Math.abs(f(x)),
    )
    const odd = f(-1) === -f(1)
    if (off.length > 0) (odd && off.every((x) => x < 0) ? mirrored : inexact).add(kernel)
  }
  return { wrongAt, mirrored, inexact }
}

/** The sign of 0 counts, save in max(x, 0), of which nobody says which zero it is. */
function agrees(kernel: string, got: number, expected: number): boolean {
  if (expected === 0) return kernel === 'Relu' ? got === 0 : Object.is(got, expected)
  if (!Number.isFinite(expected)) return Object.is(got, expected)
  return Math.abs(got - expected) <= Math.abs(expected) * 2 ** -8
}

function run(device: Device, kernel: string): Value {
  return device.run(kernel, { x: device.constant(Float32Array.from(INPUTS), [INPUTS.length], 'float32') })
}

/** WebGL and WebGPU hand small work to JavaScript, which would answer for the device. */
function onDevice<T>(engine: string, f: () => T): T {
  const flag = `${engine.toUpperCase()}_CPU_FORWARD`
  if (engine !== 'webgl' && engine !== 'webgpu') return f()
  const before = env().getBool(flag)
  env().set(flag, false)
  try {
    return f()
  } finally {
    env().set(flag, before)
  }
}
