import { refusePromise } from '../errors/check.js'
import { add } from '../ops/index.js'
import type { PrimitiveName } from '../primitive/params.js'
import { tidy } from '../tensor/scope.js'
import type { Tensor } from '../tensor/tensor.js'
import { checkScalar, filled, watchTree } from './grad.js'
import { activeTapes, Tape, withTapes } from './tape.js'

/** One application of a primitive, on the way there and on the way back. Numbers are places in {@link Recording.values}. */
export interface GradientStep {
  /** `custom`: a function whose gradient its author gave with `customGradient`. */
  readonly primitive: PrimitiveName | 'custom'
  /** As in {@link PrimitiveParams}: plain data. */
  readonly params: object
  readonly inputs: readonly number[]
  readonly output: number
  /** What this step alone sends to each input: the upstream gradient times the local one. Null where nothing flows. */
  readonly downstream: readonly (Tensor | null)[]
  /** What the step would send for another upstream gradient, of the output's shape. */
  readonly pullback: (upstream: Tensor) => readonly (Tensor | null)[]
}

/** A computation and its gradients, value by value; see {@link recordGradients}. */
export interface Recording {
  /** The leaves of the argument in order of appearance, then every other value in the order in which it is met. */
  readonly values: readonly Tensor[]
  /** How many of the values are leaves of the argument. */
  readonly leaves: number
  /** In evaluation order. What does not depend on the argument is no step; its values are constants. */
  readonly steps: readonly GradientStep[]
  /** The place of f's result. */
  readonly output: number
  /** Where the tensors that f returned by name are; undefined for one that is no value of the recording. */
  readonly named: Readonly<Record<string, number | undefined>>
  /** The result's gradient by each value, all its uses added up; undefined where none arrives. */
  readonly gradients: readonly (Tensor | undefined)[]
  /** Gives back the memory of all of this. */
  dispose(): void
}

/**
 * Runs f and its way back, and returns both step by step: each value, the gradient that arrives at it (upstream), and
 * what each step sends down to its inputs (chapter 4.3.4, Remark 1). For explaining and debugging; `grad` needs less.
 *
 * @param f - returns one number, and tensors to be found again by name
 * @returns a function that records a call; its argument is a tensor or a tree of tensors
 * @throws NeuriteError as {@link valueAndGrad}
 * @example
 * ```ts
 * import { mul, recordGradients, sin, tensor, type Tensor } from '@neurite/core'
 * const recording = recordGradients((x: Tensor) => {
 *   const s = sin(x)
 *   return [mul(s, s), { s }]
 * })(tensor(0))
 * recording.steps.map(({ primitive }) => primitive) // => ['sin', 'mul']
 * recording.steps[1]!.inputs // => [1, 1]
 * recording.named // => { s: 1 }
 * recording.dispose()
 * ```
 */
export function recordGradients<X = Tensor>(
  f: (x: X) => readonly [Tensor, Readonly<Record<string, Tensor>>],
): (x: X) => Recording {
  return (x) => {
    const tape = new Tape()
    // Handles of the recording's own: what f and the gradient rules made ends with the call, what they were given does not.
    const held = new Map<Tensor, Tensor>()
    const hold = (tensor: Tensor): Tensor => {
      const own = held.get(tensor) ?? tensor.alias()
      held.set(tensor, own)
      return own
    }
    const dispose = (): void => {
      tape.dispose()
      for (const own of held.values()) own.dispose()
    }
    try {
      return tidy(() => {
        const { watched, leaves } = watchTree('recordGradients', tape, x)
        const result = withTapes([...activeTapes(), tape], () => f(watched))
        refusePromise('recordGradients', result)
        const [value, aux] = result
        checkScalar('recordGradients', value)
        const values: Tensor[] = []
        const places = new Map<number, number>()
        const placeOf = (tensor: Tensor): number => {
          const known = places.get(tensor.id)
          if (known !== undefined) return known
          places.set(tensor.id, values.length)
          return values.push(hold(tensor)) - 1
        }
        for (const leaf of leaves) placeOf(leaf)
        const nodes = tape.nodes.map((node) => ({
          ...node,
          places: node.inputs.map(placeOf),
          place: placeOf(node.output),
        }))
        const output = placeOf(value)

        const gradients: (Tensor | undefined)[] = values.map(() => undefined)
        gradients[output] = filled(value, 1)
        const steps = nodes.reverse().map((node): GradientStep => {
          const pullback = (upstream: Tensor): (Tensor | null)[] =>
            node.gradients(upstream).map((flow, k) => (flow === null || !tape.tracks(node.inputs[k]!) ? null : flow()))
          const arriving = gradients[node.place]
          const downstream = arriving === undefined ? node.inputs.map(() => null) : pullback(arriving)
          downstream.forEach((flowing, k) => {
            if (flowing === null) return
            const before = gradients[node.places[k]!]
            gradients[node.places[k]!] = before === undefined ? flowing : add(before, flowing)
          })
          const { primitive, params, places: inputs, place } = node
          return {
            primitive,
            params,
            inputs,
            output: place,
            downstream: downstream.map((flowing) => flowing && hold(flowing)),
            pullback,
          }
        })
        const named = Object.fromEntries(Object.entries(aux).map(([name, tensor]) => [name, places.get(tensor.id)]))
        return {
          values,
          leaves: leaves.length,
          steps: steps.reverse(),
          output,
          named,
          gradients: gradients.map((gradient) => gradient && hold(gradient)),
          dispose,
        }
      })
    } catch (error) {
      dispose()
      throw error
    }
  }
}
