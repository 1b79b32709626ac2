import { BYTES_PER_ELEMENT, type resolveKey, type Schedule, type TensorSpec } from '@neurite/core'
import type { Code } from './lower/program.js'
import type { Group } from './nest/group.js'

/** What an executor must know of a program beside its code. Plain data. */
export interface Layout {
  /** Of each input. */
  readonly inputs: readonly { readonly bytes: number; readonly isDonated: boolean }[]
  readonly keys: number
  /** What is made anew at each run, as no donated input can hold it: in which slot it lies. */
  readonly allocations: readonly ({ readonly slot: number } & TensorSpec)[]
  /** Of each output: its slot, which is an input's or an allocation's. */
  readonly outputs: readonly ({ readonly slot: number } & TensorSpec)[]
  /** Inputs that were donated and that no output takes. */
  readonly unreturned: readonly number[]
  /** Of the instructions that draw random numbers, by their places: the key. */
  readonly draws: Readonly<Record<number, KeySource>>
  /** As `Code` has them, in bytes. */
  readonly frame: number
  readonly scratch: number
  /** Of the arena, with the frame at its end, in bytes. */
  readonly size: number
}

type KeySource = Parameters<typeof resolveKey>[0]

/** Bytes of the elements of a tensor. */
export function bytesOf({ shape, dtype }: TensorSpec): number {
  return shape.reduce((product, extent) => product * extent, BYTES_PER_ELEMENT[dtype])
}

/** What is left of a schedule when its code is there. */
export function layoutOf({ program, slots, steps, outputs, unreturned }: Schedule<Group>, code: Code): Layout {
  const { inputs, instructions, keys } = program
  const specs = new Map(instructions.map(({ id, shape, dtype }) => [id, { shape, dtype }]))
  const made = steps.filter(({ out }) => slots[out]!.kind === 'output')
  return {
    inputs: inputs.map((input) => ({ bytes: bytesOf(input), isDonated: input.donated })),
    keys,
    allocations: made.map(({ out, at }) => ({ slot: out, ...specs.get(instructions[at]!.id)! })),
    outputs: program.outputs.map((id, i) => ({ slot: outputs[i]!, ...specs.get(id)! })),
    unreturned,
    draws: Object.fromEntries(
      instructions.flatMap((each, at): [number, KeySource][] =>
        each.primitive === 'random' ? [[at, each.params.key]] : [],
      ),
    ),
    frame: code.frame,
    scratch: code.scratch,
    size: code.frame + 4 * (1 + slots.length),
  }
}
