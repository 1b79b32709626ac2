import { interpret, type Backend, type Executable, type Kernels, type Operand } from '@neurite/core'

/** Everything a backend and core must not do to a storage, noted instead of thrown, so that a test can name it all. */
export interface Spy {
  readonly backend: Backend
  /** What went against the contract, in order. */
  readonly violations: readonly string[]
  /** Storages handed out and not yet given back. */
  alive(): number
  /** Kernels called so far. */
  kernelCalls(): number
}

/** The backend without a compiler of its own: core interprets programs kernel by kernel. */
export function interpreted(backend: Backend): Backend {
  return {
    contractVersion: 1,
    name: backend.name,
    capabilities: backend.capabilities,
    kernels: backend.kernels,
    upload: (data, spec) => backend.upload(data, spec),
    read: (storage, spec) => backend.read(storage, spec),
    ...(backend.readSync === undefined ? {} : { readSync: (storage, spec) => backend.readSync!(storage, spec) }),
    release: (storage) => backend.release(storage),
    compile(program) {
      return interpret(program, this)
    },
    memory: () => backend.memory(),
    dispose: () => backend.dispose(),
  }
}

/** Wraps a backend and keeps account of every storage that passes between it and core. */
export function spyOn(backend: Backend): Spy {
  const violations: string[] = []
  const alive = new Set<object>()
  let calls = 0
  const handOut = (storage: object, by: string): object => {
    if (alive.has(storage)) violations.push(`${by} handed out a storage that is in use`)
    alive.add(storage)
    return storage
  }
  const needAlive = (storage: object, by: string): void => {
    if (!alive.has(storage)) violations.push(`${by} was given a storage that was given back or never handed out`)
  }
  const kernels = Object.fromEntries(
    Object.entries(backend.kernels).map(([primitive, kernel]) => [
      primitive,
      (operands: readonly Operand[], params: never, output: never) => {
        calls++
        for (const { storage } of operands) needAlive(storage, primitive)
        return handOut(kernel(operands, params, output), primitive)
      },
    ]),
  ) as Kernels

  const watch = (executable: Executable, donated: readonly boolean[]): Executable => ({
    run(inputs, keys) {
      for (const storage of inputs) needAlive(storage, 'a program')
      if (new Set(inputs.filter((_, i) => donated[i])).size < inputs.filter((_, i) => donated[i]).length)
        violations.push('a storage was donated twice')
      inputs.forEach((storage, i) => {
        if (donated[i]) alive.delete(storage)
      })
      const outputs = executable.run(inputs, keys)
      return outputs.map((storage) => handOut(storage, 'a program'))
    },
    dispose: () => executable.dispose(),
  })

  const spied: Backend = {
    ...interpreted(backend),
    kernels,
    upload: (data, spec) => handOut(backend.upload(data, spec), 'upload'),
    read(storage, spec) {
      needAlive(storage, 'read')
      return backend.read(storage, spec)
    },
    release(storage) {
      if (!alive.delete(storage))
        violations.push('release was called for a storage that was given back or never handed out')
      backend.release(storage)
    },
    compile: (program) =>
      watch(
        backend.compile(program),
        program.inputs.map((input) => input.donated),
      ),
  }
  return { backend: spied, violations, alive: () => alive.size, kernelCalls: () => calls }
}
