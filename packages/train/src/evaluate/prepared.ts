import {
  allocate,
  compile,
  disposeTree,
  mapTree,
  NeuriteError,
  sameShape,
  sizeOf,
  tensor,
  tidy,
  type Backend,
  type Executable,
  type Tensor,
  type TensorSpec,
  type Tree,
  type TypedArray,
} from '@neurite/core'
import { forwardOf, type Layer } from '@neurite/nn'
import { asDType } from '../fit/data/host.js'

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
  // Traced through the model's forward pass, with an executable of its own: the model's may leave its cache.
  const compiled = compile((p: Tree, s: Tree | undefined, x: Tensor) => forward(p, s, x))
  const example = tensor(allocate(dtype, sizeOf(shape)), { shape, backend })
  try {
    const { callable, leaves } = compiled.bind(params, state, example)
    const { call, captured, executable } = callable
    const inputs = [...call.inputs.map((leaf) => leaves[leaf] as Tensor), ...captured]
    const [result] = call.origins
    if (result?.from === 'output' && inputs.every((input) => input.backend === backend)) {
      const storages = inputs.map((input) => input.requireStorage('predictor').storage)
      const run = runner(backend, executable, storages, inputs.indexOf(example), { shape, dtype }, result)
      return { shape, run, dispose: () => compiled.dispose() }
    }
  } catch (error) {
    compiled.dispose()
    throw error
  } finally {
    example.dispose()
  }
  // The output is an input: nothing runs, and it is core that knows how such a tensor is shared.
  const run = (data: TypedArray): Output =>
    tidy(() => compiled(params, state, tensor({ shape, data }, { dtype, backend })))
  return { shape, run, dispose: () => compiled.dispose() }
}

/** Runs an executable on the storages of everything but x, whose place is `at`. */
function runner(
  backend: Backend,
  executable: Executable,
  storages: object[],
  at: number,
  x: TensorSpec,
  result: TensorSpec,
): Program['run'] {
  return (data) => {
    const storage = backend.upload(asDType(data, x.dtype), x)
    storages[at] = storage
    try {
      return new Stored(backend, executable.run(storages, NO_KEYS)[0]!, result)
    } finally {
      backend.release(storage)
    }
  }
}

const NO_KEYS: readonly [] = []

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
