import {
  allocate,
  compile,
  disposeTree,
  dtypeOf,
  mapTree,
  NeuriteError,
  sameShape,
  sizeOf,
  tensor,
  tensorsIn,
  tidy,
  type Backend,
  type DType,
  type Executable,
  type Tensor,
  type TensorSpec,
  type Tree,
  type TypedArray,
} from '@neurite/core'
import { forwardOf, type Layer } from '@neurite/nn'

/** What one run gave, until it is read. A tensor is one. */
export type Output = Pick<Tensor, 'data' | 'dataSync' | 'dispose'>

/** A model that runs on numbers. */
export interface Prepared {
  run(shape: readonly number[], data: TypedArray): Output
  dispose(): void
}

/** A program for one shape of x. */
interface Program {
  readonly shape: readonly number[]
  readonly run: (data: TypedArray) => Output
  readonly dispose: () => void
}

/** Where a model runs, and what it takes. */
interface Place {
  readonly backend: Backend
  readonly dtype: 'float32' | 'float64'
}

interface Trained {
  readonly params: Tree
  readonly state: Tree | undefined
}

/** As many as `compile` keeps. */
const MOST_PROGRAMS = 16

/**
 * Binds a model's params to its programs, one for each shape of x: a run then uploads x, calls the backend's executable and hands
 * its output over, with no tensor and no look at the params in between.
 */
export function prepare(model: Layer, params: Tree, state: Tree | undefined, place: Place): Prepared {
  // Handles of its own: whoever gave them may dispose theirs.
  const held = mapTree((leaf) => leaf.alias(), { params, state })
  // The least recently used first.
  const programs = new Map<string, Program>()
  let latest: Program | undefined
  let disposed = false

  const find = (shape: readonly number[]): Program => {
    const name = shape.join()
    const found = programs.get(name) ?? bind(model, held, shape, place)
    programs.delete(name)
    programs.set(name, found)
    if (programs.size > MOST_PROGRAMS) {
      const [oldest, program] = programs.entries().next().value!
      programs.delete(oldest)
      program.dispose()
    }
    return found
  }
  const dispose = (): void => {
    disposed = true
    for (const program of programs.values()) program.dispose()
    programs.clear()
    disposeTree(held)
  }
  const prepared: Prepared = {
    run(shape, data) {
      if (disposed)
        throw new NeuriteError(
          'TENSOR_RELEASED',
          'predictor: it was disposed; make another with predictor(model, params).',
        )
      if (latest === undefined || !sameShape(latest.shape, shape)) latest = find(shape)
      return latest.run(data)
    },
    dispose,
  }
  collected.register(prepared, dispose)
  return prepared
}

/** Whoever can still call a predictor holds what `prepare` returned. */
const collected = /* @__PURE__ */ new FinalizationRegistry<() => void>((dispose) => dispose())

function bind(model: Layer, { params, state }: Trained, shape: readonly number[], { backend, dtype }: Place): Program {
  const forward = forwardOf(model)
  const weights = tensorsIn([params, state])
  const staged = compile((p: Tree, s: Tree | undefined, x: Tensor) => forward(p, s, x))
  const example = tensor(allocate(dtype, sizeOf(shape)), { shape, backend })
  try {
    const program = staged.program(params, state, example)
    const result = program.instructions.find(({ id }) => id === program.outputs[0])
    if (
      result !== undefined &&
      program.inputs.length === weights.length + 1 &&
      weights.every((weight) => weight.backend === backend)
    ) {
      // LEAD: without `?.` and the condition once every backend compiles.
      const executable = backend.compile?.(program)
      if (executable !== undefined) return bound(backend, executable, weights, { shape, dtype }, result)
    }
  } finally {
    staged.dispose()
    example.dispose()
  }
  // A model that closes over tensors of its own, or hands its input on: there is more to a call than its program.
  return {
    shape,
    run: (data) => tidy(() => forward(params, state, tensor({ shape, data }, { dtype, backend }))),
    dispose() {
      // The programs are the model's.
    },
  }
}

/** An executable with everything but x. */
function bound(
  backend: Backend,
  executable: Executable,
  weights: readonly Tensor[],
  x: TensorSpec,
  result: TensorSpec,
): Program {
  const inputs: object[] = weights.map((weight) => weight.requireStorage('predictor').storage)
  return {
    shape: x.shape,
    run(data) {
      const storage = backend.upload(asDType(data, x.dtype), x)
      inputs[weights.length] = storage
      try {
        return new Stored(backend, executable.run(inputs, NO_KEYS)[0]!, result)
      } finally {
        backend.release(storage)
      }
    },
    dispose: () => executable.dispose(),
  }
}

const NO_KEYS: readonly [] = []

function asDType(data: TypedArray, dtype: DType): TypedArray {
  if (dtypeOf(data) === dtype) return data
  const converted = allocate(dtype, data.length)
  converted.set(data)
  return converted
}

/** Storage that a run handed over. */
class Stored implements Output {
  readonly #backend: Backend
  readonly #storage: object
  readonly #spec: TensorSpec

  constructor(backend: Backend, storage: object, spec: TensorSpec) {
    this.#backend = backend
    this.#storage = storage
    this.#spec = spec
  }

  data(): Promise<TypedArray> {
    return this.#backend.read(this.#storage, this.#spec)
  }

  /** Only where the backend reads at once. */
  dataSync(): TypedArray {
    return this.#backend.readSync!(this.#storage, this.#spec)
  }

  dispose(): void {
    this.#backend.release(this.#storage)
  }
}
