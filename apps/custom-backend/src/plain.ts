import { interpret, type Backend, type Kernel, type Kernels, type PrimitiveName } from '@neurite/core'
import { contractionKernels } from './kernels/contractions.js'
import { creationKernels } from './kernels/creation.js'
import { elementwiseKernels } from './kernels/elementwise.js'
import { movementKernels } from './kernels/movement.js'
import { poolingKernels } from './kernels/pooling.js'
import { reductionKernels } from './kernels/reductions.js'
import type { Stored } from './storage.js'

/** A backend of plain loops: complete, correct and slow. */
export function plain(): Backend<Stored> {
  let buffers = 0
  let bytes = 0
  let disposed = false
  const handOut = (storage: Stored): Stored => {
    buffers++
    bytes += storage.data.byteLength
    return storage
  }
  const copyOf = ({ data, released }: Stored) => {
    if (released) throw new Error('this storage was given back')
    return data.slice()
  }

  return {
    contractVersion: 1,
    name: 'plain',
    capabilities: {
      dtypes: ['float32', 'float64', 'int32', 'bool'],
      syncRead: true,
      float32Precision: 32,
      int32Precision: 32,
      missing: [],
    },
    kernels: counted(handOut),
    upload: (data) => handOut({ data: data.slice(), released: false }),
    read: async (storage) => copyOf(storage),
    readSync: copyOf,
    release(storage) {
      if (storage.released) throw new Error('this storage was given back twice')
      storage.released = true
      if (disposed) return
      buffers--
      bytes -= storage.data.byteLength
    },
    compile(program) {
      return interpret(program, this)
    },
    memory: () => ({ buffers, bytes }),
    dispose() {
      disposed = true
      buffers = 0
      bytes = 0
    },
  }
}

const KERNELS: Kernels<Stored> = {
  ...elementwiseKernels,
  ...reductionKernels,
  ...contractionKernels,
  ...poolingKernels,
  ...movementKernels,
  ...creationKernels,
}

/** The kernels, with everything they return counted. */
function counted(handOut: (storage: Stored) => Stored): Kernels<Stored> {
  const count =
    (kernel: Kernel<PrimitiveName, Stored>): Kernel<PrimitiveName, Stored> =>
    (inputs, params, output) =>
      handOut(kernel(inputs, params, output))
  // fromEntries forgets which name has which kernel; each keeps its own.
  return Object.fromEntries(Object.entries(KERNELS).map(([name, kernel]) => [name, count(kernel)])) as Kernels<Stored>
}
