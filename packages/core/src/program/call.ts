import type { Backend, Executable } from '../backend/v1.js'
import { NeuriteError } from '../errors/index.js'
import { resolveKey, type Key, type KeyWords } from '../random/key.js'
import type { TensorSpec } from '../tensor/dtype.js'
import { StorageRef } from '../tensor/storage-ref.js'
import { Tensor } from '../tensor/tensor.js'
import { unflattenTree, type Structure } from '../tensor/tree.js'
import type { Program } from './program.js'
import type { Signature } from './signature.js'

/** What a leaf of the result is: an output of the program, an input passed through (perhaps reshaped), or always the same value. */
export type Origin =
  | ({ readonly from: 'output' | 'input'; readonly index: number } & TensorSpec)
  | { readonly from: 'static'; readonly value: unknown }

/** How a function's arguments become a program's inputs, and its outputs the function's result. Plain data. */
export interface Call extends Signature {
  /** Donated inputs that are results themselves: only the caller's old handles end. */
  readonly passed: readonly number[]
  readonly result: Structure
  /** One for each leaf of the result. */
  readonly origins: readonly Origin[]
}

/** A program made ready, and how to call it. */
export interface Callable {
  readonly call: Call
  readonly program: Program
  readonly backend: Backend
  readonly executable: Executable
  /** The tensors the function closed over, in the order of the program's captured inputs. */
  readonly captured: readonly Tensor[]
}

const NO_KEYS: readonly KeyWords[] = []
let calls = 0

/** Runs a program on the leaves of a call's arguments, which fit its signature. */
export function runCall(
  { call, program, backend, executable, captured }: Callable,
  leaves: readonly unknown[],
): unknown {
  const { inputs } = program
  const number = ++calls
  const tensors = tensorsOf(call, leaves)
  for (let i = 0; i < captured.length; i++) tensors.push(captured[i]!)
  const refs = new Array<StorageRef>(inputs.length)
  const storages = new Array<object>(inputs.length)
  for (let i = 0; i < inputs.length; i++) {
    const tensor = tensors[i]!
    if (tensor.backend !== backend) throw mixedBackends(backend, tensor.backend)
    const ref = (refs[i] = tensor.requireStorage('compiled function'))
    storages[i] = ref.storage
    if (!inputs[i]!.donated) ref.boundBy = number
  }
  const given = donateStorages(program, backend, tensors, refs, storages, number)
  const { origins } = call
  const results = new Array<unknown>(origins.length)
  try {
    const outputs = executable.run(storages, program.keys === 0 ? NO_KEYS : wordsOf(call, leaves))
    const outputRefs = new Array<StorageRef | undefined>(outputs.length)
    for (let i = 0; i < origins.length; i++) {
      const origin = origins[i]!
      if (origin.from === 'static') {
        results[i] = origin.value
        continue
      }
      let ref = origin.from === 'input' ? refs[origin.index]! : outputRefs[origin.index]
      if (ref !== undefined) ref.count++
      else
        ref = outputRefs[origin.index] =
          takeOver(given, outputs[origin.index]!) ?? new StorageRef(backend, outputs[origin.index]!)
      results[i] = new Tensor(origin, backend, ref)
    }
  } finally {
    // The executable has released what it did not hand back, even if it failed.
    for (const ref of given) ref.detach()
  }
  for (const index of call.passed) tensors[index]!.dispose()
  return unflattenTree(call.result, results)
}

/** The tensors among the leaves: the program's arguments, in order. */
export function tensorsOf({ leaves: specs }: Signature, leaves: readonly unknown[]): Tensor[] {
  const tensors: Tensor[] = []
  // The leaves fit the specs.
  for (let i = 0; i < specs.length; i++) if (specs[i]!.kind === 'tensor') tensors.push(leaves[i] as Tensor)
  return tensors
}

/** The words of the keys among the leaves. */
export function wordsOf({ leaves: specs }: Signature, leaves: readonly unknown[]): KeyWords[] {
  return leaves.filter((_, i) => specs[i]!.kind === 'key').map((key) => resolveKey((key as Key).source))
}

/**
 * Hands donated storage over and ends the caller's handles on it. Storage that someone else still reads, in this call
 * or elsewhere, is not given away: the program gets a copy. Returns the references whose storage is the executable's now.
 */
function donateStorages(
  { inputs }: Program,
  backend: Backend,
  tensors: readonly Tensor[],
  refs: readonly StorageRef[],
  storages: object[],
  call: number,
): StorageRef[] {
  const given: StorageRef[] = []
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i]!
    if (!input.donated) continue
    const ref = refs[i]!
    if (ref.count === 1 && ref.boundBy !== call) {
      ref.boundBy = call
      given.push(ref)
      tensors[i]!.markDonated()
    } else {
      storages[i] = backend.kernels.broadcastTo(
        [{ storage: ref.storage, shape: input.shape, dtype: input.dtype }],
        { shape: input.shape },
        input,
      )
      if (ref.count > 1) tensors[i]!.dispose()
    }
  }
  return given
}

/** The donated reference whose storage came back as an output, if any; it then serves the output. */
function takeOver(given: StorageRef[], storage: object): StorageRef | undefined {
  for (let i = 0; i < given.length; i++) {
    if (given[i]!.storage === storage) return given.splice(i, 1)[0]
  }
  return undefined
}

function mixedBackends(backend: Backend, other: Backend): NeuriteError {
  return new NeuriteError(
    'MIXED_BACKENDS',
    `compile: arguments live on different backends, '${backend.name}' and '${other.name}'.`,
  )
}
