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
  /** Which leaf of the arguments each input of the program is, without the captured ones. */
  readonly inputs: readonly number[]
  /** Which leaf each key of the program is. */
  readonly keys: readonly number[]
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

/** What a call hands to its program. */
export interface Handed {
  /** Of the program's inputs. */
  readonly tensors: readonly Tensor[]
  readonly refs: readonly StorageRef[]
  readonly storages: readonly object[]
  /** Whose storage is the executable's now. {@link handOver} takes out those that come back. */
  readonly given: (StorageRef | undefined)[]
  /** Where in `given` the next one that comes back is looked for first. */
  next: number
}

/** Runs a program on the leaves of a call's arguments, which fit its signature. */
export function runCall(callable: Callable, leaves: readonly unknown[]): unknown {
  const handed = handIn(callable, leaves)
  let outputs: readonly object[]
  try {
    outputs = callable.executable.run(handed.storages, wordsOf(callable.call, leaves))
  } catch (error) {
    letGo(handed)
    throw error
  }
  return handOver(callable, handed, outputs)
}

/** Takes the storages of a call's tensors, and those that are donated for good. */
export function handIn({ call, program, backend, captured }: Callable, leaves: readonly unknown[]): Handed {
  const { inputs } = program
  const number = ++calls
  const tensors = new Array<Tensor>(inputs.length)
  const refs = new Array<StorageRef>(inputs.length)
  const storages = new Array<object>(inputs.length)
  const own = call.inputs.length
  for (let i = 0; i < inputs.length; i++) {
    // The leaves fit the signature.
    const tensor = (tensors[i] = i < own ? (leaves[call.inputs[i]!] as Tensor) : captured[i - own]!)
    if (tensor.backend !== backend) throw mixedBackends(backend, tensor.backend)
    const ref = (refs[i] = tensor.requireStorage('compiled function'))
    storages[i] = ref.storage
    if (!inputs[i]!.donated) ref.boundBy = number
  }
  const given = donateStorages(program, backend, tensors, refs, storages, number)
  return { tensors, refs, storages, given, next: 0 }
}

/**
 * The result of a call, made of what its program returned.
 *
 * @param specOf - of a leaf of the result, where it is not what the call says
 */
export function handOver(
  { call, backend }: Callable,
  handed: Handed,
  outputs: readonly object[],
  specOf?: (origin: Exclude<Origin, { from: 'static' }>) => TensorSpec,
): unknown {
  const { tensors, refs } = handed
  const { origins } = call
  const results = new Array<unknown>(origins.length)
  const outputRefs = new Array<StorageRef | undefined>(outputs.length)
  for (let i = 0; i < origins.length; i++) {
    const origin = origins[i]!
    if (origin.from === 'static') {
      results[i] = origin.value
      continue
    }
    let ref = origin.from === 'input' ? refs[origin.index]! : outputRefs[origin.index]
    if (ref !== undefined) ref.count++
    else {
      const storage = outputs[origin.index]!
      ref = outputRefs[origin.index] = takeOver(handed, storage) ?? new StorageRef(backend, storage)
    }
    results[i] = new Tensor(specOf === undefined ? origin : specOf(origin), backend, ref)
  }
  letGo(handed)
  for (const index of call.passed) tensors[index]!.dispose()
  return unflattenTree(call.result, results)
}

/** What did not come back is gone: the executable has released it, even if it failed. */
export function letGo({ given }: Handed): void {
  for (let i = 0; i < given.length; i++) given[i]?.detach()
}

/** The words of the keys among the leaves. */
export function wordsOf({ keys }: Call, leaves: readonly unknown[]): readonly KeyWords[] {
  return keys.length === 0 ? NO_KEYS : keys.map((leaf) => resolveKey((leaves[leaf] as Key).source))
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
): (StorageRef | undefined)[] {
  const given: StorageRef[] = []
  const copies: object[] = []
  try {
    for (let i = 0; i < inputs.length; i++) {
      const input = inputs[i]!
      if (!input.donated) continue
      const ref = refs[i]!
      if (ref.count === 1 && ref.boundBy !== call) {
        ref.boundBy = call
        given.push(ref)
        tensors[i]!.markDonated()
      } else {
        const operand = { storage: ref.storage, shape: input.shape, dtype: input.dtype }
        copies.push((storages[i] = backend.kernels.broadcastTo([operand], { shape: input.shape }, input)))
        if (ref.count > 1) tensors[i]!.dispose()
      }
    }
  } catch (error) {
    // A copy failed. What was handed over has nobody to run with it: as in a run that throws, nothing is left behind.
    for (const ref of given) ref.detach()
    for (const storage of [...given.map((ref) => ref.storage), ...copies]) backend.release(storage)
    throw error
  }
  return given
}

/** The donated reference whose storage came back as an output, if any; it then serves the output and is given no more. */
function takeOver(handed: Handed, storage: object): StorageRef | undefined {
  const { given } = handed
  // They mostly come back in the order in which they were given.
  for (let tried = 0, i = handed.next; tried < given.length; tried++, i++) {
    if (i >= given.length) i = 0
    const ref = given[i]
    if (ref === undefined || ref.storage !== storage) continue
    given[i] = undefined
    handed.next = i + 1
    return ref
  }
  return undefined
}

function mixedBackends(backend: Backend, other: Backend): NeuriteError {
  return new NeuriteError(
    'MIXED_BACKENDS',
    `compile: arguments live on different backends, '${backend.name}' and '${other.name}'.`,
    { backends: [backend.name, other.name] },
  )
}
