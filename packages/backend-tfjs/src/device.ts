import { allocate, sameShape, sizeOf, type DType, type TypedArray } from '@neurite/core'
import { getKernel, type KernelBackend, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core'
import type { Findings } from './findings.js'
import { traitsOf, type Traits } from './traits.js'

/** A value of an engine, as tfjs kernels take and return it. */
export type Value = TensorInfo

/** By name; Concat alone takes a list. */
type Inputs = Readonly<Record<string, Value>> | readonly Value[]

type RunKernel = (call: { inputs: Inputs; attrs: NamedAttrMap; backend: KernelBackend }) => Value | Value[]

const NO_ATTRS: NamedAttrMap = {}

/**
 * Runs an engine's kernels, by tfjs' kernel registry: the layer below tfjs' ops, where the engine is an argument and not
 * the global active one. Values made inside {@link compute} are released when it ends.
 */
export class Device {
  readonly engine: string
  readonly backend: KernelBackend
  readonly traits: Traits
  /** What {@link probe} found; nothing until it has run. */
  findings: Findings = { wrongAt: new Map(), mirrored: new Set(), inexact: new Set() }
  private readonly found = new Map<string, RunKernel | undefined>()
  private readonly made: Value[] = []
  private readonly numbers = new Map<string, Value>()

  constructor(engine: string, backend: KernelBackend) {
    this.engine = engine
    this.backend = backend
    this.traits = traitsOf(engine)
  }

  /** True if the engine has this kernel of tfjs. */
  has(kernel: string): boolean {
    return this.find(kernel) !== undefined
  }

  /** Runs a kernel of tfjs with one result. */
  run(kernel: string, inputs: Inputs, attrs: NamedAttrMap = NO_ATTRS): Value {
    const result = this.call(kernel, inputs, attrs)
    if (Array.isArray(result)) throw new TypeError(`${kernel} has more than one result`)
    return result
  }

  /** Runs a kernel of tfjs with several results. */
  runAll(kernel: string, inputs: Inputs, attrs: NamedAttrMap): Value[] {
    const result = this.call(kernel, inputs, attrs)
    return Array.isArray(result) ? result : [result]
  }

  /** Copies host data in. tfjs keeps the array it is given: `data` must be nobody else's. */
  constant(data: TypedArray, shape: readonly number[], dtype: DType): Value {
    const value = this.write(data, shape, dtype)
    this.made.push(value)
    return value
  }

  /** A 0-d constant, made once and kept until {@link dispose}. */
  number(value: number, dtype: DType): Value {
    const key = `${dtype} ${Object.is(value, -0) ? '-0' : value}`
    let number = this.numbers.get(key)
    if (number === undefined) {
      number = this.write(allocate(dtype, 1).fill(value), [], dtype)
      this.numbers.set(key, number)
    }
    return number
  }

  /** Releases what was kept. */
  dispose(): void {
    for (const number of this.numbers.values()) this.release(number)
    this.numbers.clear()
  }

  /** The same elements under another shape; nothing is copied. */
  reshape(x: Value, shape: readonly number[]): Value {
    return sameShape(x.shape, shape) ? x : this.run('Reshape', { x }, { shape: [...shape] })
  }

  /** Runs `f`, then releases every value made meanwhile but its result, which becomes the caller's. Calls do not nest. */
  compute(f: () => Value): Value {
    const { made } = this
    const start = made.length
    let result: Value | undefined
    try {
      result = f()
      return this.own(result, start)
    } finally {
      for (let i = made.length - 1; i >= start; i--) if (made[i] !== result) this.release(made[i]!)
      made.length = start
    }
  }

  /** Gives one reference to a value's data back. */
  release(value: Value): void {
    this.backend.disposeData(value.dataId)
  }

  /** True if others refer to the same data. */
  isShared(value: Value): boolean {
    return this.backend.refCount(value.dataId) > 1
  }

  /** A value that was made since `start` is the caller's already; of an input it gets a reference of its own. */
  private own(value: Value, start: number): Value {
    if (this.made.indexOf(value, start) >= 0) return value
    this.backend.incRef(value.dataId)
    return { dataId: value.dataId, shape: value.shape, dtype: value.dtype }
  }

  private call(kernel: string, inputs: Inputs, attrs: NamedAttrMap): Value | Value[] {
    const run = this.find(kernel)
    if (run === undefined) throw new TypeError(`tfjs has no kernel ${kernel} for the engine ${this.engine}`)
    const result = run({ inputs, attrs, backend: this.backend })
    if (Array.isArray(result)) this.made.push(...result)
    else this.made.push(result)
    return result
  }

  private write(data: TypedArray, shape: readonly number[], dtype: DType): Value {
    if (data instanceof Float64Array) throw new TypeError('tfjs has no float64')
    const extents = [...shape]
    const type = tfjsType(dtype)
    return { dataId: this.backend.write(data, extents, type), shape: extents, dtype: type }
  }

  private find(kernel: string): RunKernel | undefined {
    if (!this.found.has(kernel)) {
      // The declaration says there always is one.
      const config = getKernel(kernel, this.engine) as { kernelFunc: RunKernel } | undefined
      this.found.set(kernel, config?.kernelFunc)
    }
    return this.found.get(kernel)
  }
}

/** tfjs has our names for the dtypes it has. */
export function tfjsType(dtype: DType): 'float32' | 'int32' | 'bool' {
  if (dtype === 'float64') throw new TypeError('tfjs has no float64')
  return dtype
}

/** Number of elements of a value. */
export function countOf(value: Value): number {
  return sizeOf(value.shape)
}
