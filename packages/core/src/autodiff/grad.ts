import { takesNoOptions } from '../arguments/options.js'
import { apply } from '../apply.js'
import { refusePromise } from '../errors/check.js'
import { checkArgument, NeuriteError } from '../errors/index.js'
import { checkTensor } from '../ops/operand.js'
import * as primitive from '../primitive/index.js'
import type { Gradients } from '../primitive/primitive.js'
import { formatShape, sameShape } from '../shape/index.js'
import { isFloating } from '../tensor/dtype.js'
import { keep, tidy } from '../tensor/scope.js'
import type { Tensor } from '../tensor/tensor.js'
import { flattenTree, instanceInTree, isTensor, leafPaths, unflattenTree, type Structure } from '../tensor/tree.js'
import { backward } from './backward.js'
import { activeTapes, Tape, withTapes } from './tape.js'

/** Handles of their own on the leaves, so that an inner gradient by x does not mix with an outer one by the same x. */
export function watchTree<P>(
  where: string,
  tape: Tape,
  tree: P,
): { watched: P; leaves: Tensor[]; structure: Structure } {
  const given: unknown[] = []
  const structure = flattenTree(tree, given)
  const leaves = given.map((leaf, i) => {
    const path = (): string => leafPaths(structure)[i]!
    if (!isTensor(leaf)) {
      if (typeof leaf === 'object' && leaf !== null) throw instanceInTree(where, leaf, path())
      throw new NeuriteError(
        'NOT_DIFFERENTIABLE',
        `${where}: the first argument must be a tensor or a tree of tensors; ${path() || 'it'} is ${leaf === null ? 'null' : typeof leaf}.`,
        { path: path() },
      )
    }
    if (!isFloating(leaf.dtype)) {
      throw new NeuriteError(
        'NOT_DIFFERENTIABLE',
        `${where}: ${path() || 'the argument'} is ${leaf.dtype}, which has no gradient; differentiate by float tensors and pass the rest as further arguments.`,
        { path: path(), dtype: leaf.dtype },
      )
    }
    const own = apply(primitive.reshape, [leaf], { shape: leaf.shape })
    tape.watch(own)
    return own
  })
  // The same structure, with tensors where tensors were.
  return { watched: unflattenTree(structure, leaves) as P, leaves, structure }
}

export function checkScalar(where: string, value: unknown): asserts value is Tensor {
  refusePromise(where, value)
  checkArgument(isTensor(value), () => `${where}: the function must return a tensor, got ${typeof value}.`)
  if (value.size !== 1 || !isFloating(value.dtype)) {
    throw new NeuriteError(
      'NOT_DIFFERENTIABLE',
      `${where}: the function must return one float number, got ${value.dtype}${formatShape(value.shape)}; reduce it with sum or mean, or use vjp or jacobian.`,
      { shape: value.shape, dtype: value.dtype },
    )
  }
}

/** One gradient a leaf, zeros where none arrives, each a handle of its own: the caller may dispose one and keep the others. */
function gradientsOf(tape: Tape, output: Tensor, upstream: Tensor, leaves: readonly Tensor[]): Tensor[] {
  const handedOut = new Set([upstream])
  return backward(tape, output, upstream, leaves).map((gradient, i) => {
    if (gradient === undefined) return filled(leaves[i]!, 0)
    const own = handedOut.has(gradient) ? apply(primitive.reshape, [gradient], { shape: gradient.shape }) : gradient
    handedOut.add(own)
    return own
  })
}

export const filled = (like: Tensor, value: number): Tensor =>
  apply(primitive.full, [], { shape: like.shape, value, dtype: like.dtype }, like.backend)

/**
 * Turns f into a function that returns f's value and its gradient by the first argument: a tensor, or a tree of tensors
 * (nested arrays and objects), for which the gradient is a tree of the same structure. Whatever f computes on the way
 * is released; what it returns and the gradients are kept.
 *
 * @param f - returns one number; further arguments are passed through
 * @throws NeuriteError `NOT_DIFFERENTIABLE` if the result is no single float, or a leaf no float tensor
 * @example
 * ```ts
 * import { mul, sum, tensor, valueAndGrad } from '@neurite/core'
 * const [value, gradient] = valueAndGrad((p: { w: ReturnType<typeof tensor> }) => sum(mul(p.w, p.w)))({ w: tensor([1, 2]) })
 * await value.item() // => 5
 * await gradient.w.toArray() // => [2, 4]
 * ```
 */
export function valueAndGrad<X = Tensor, R extends readonly unknown[] = []>(
  f: (x: X, ...rest: R) => Tensor,
  ...none: readonly []
): (x: X, ...rest: R) => [Tensor, X] {
  takesNoOptions('valueAndGrad', none)
  const withNothing = valueAndGradWithAux((x: X, ...rest: R) => [f(x, ...rest), null])
  return (x, ...rest) => {
    const [value, gradients] = withNothing(x, ...rest)
    return [value, gradients]
  }
}

/**
 * As {@link valueAndGrad}, for an f that returns `[value, aux]`: aux (a tree: running statistics, predictions) is passed
 * through and not differentiated. The result is `[value, gradients, aux]`.
 *
 * @throws NeuriteError as {@link valueAndGrad}
 * @example
 * ```ts
 * import { mul, sum, tensor, valueAndGradWithAux, type Tensor } from '@neurite/core'
 * const f = (x: Tensor) => [sum(mul(x, x)), { doubled: mul(x, 2) }] as const
 * const [value, gradient, aux] = valueAndGradWithAux(f)(tensor([1, 2]))
 * await gradient.toArray() // => [2, 4]
 * await aux.doubled.toArray() // => [2, 4]
 * ```
 */
export function valueAndGradWithAux<X, A, R extends readonly unknown[] = []>(
  f: (x: X, ...rest: R) => readonly [Tensor, A],
  ...none: readonly []
): (x: X, ...rest: R) => [Tensor, X, A] {
  takesNoOptions('valueAndGradWithAux', none)
  return (x, ...rest) =>
    tidy(() => {
      const tape = new Tape()
      try {
        const { watched, leaves, structure } = watchTree('grad', tape, x)
        const result = withTapes([...activeTapes(), tape], () => f(watched, ...rest))
        refusePromise('grad', result)
        const [value, aux] = result
        checkScalar('grad', value)
        const gradients = unflattenTree(structure, gradientsOf(tape, value, filled(value, 1), leaves)) as X
        return [value, gradients, aux]
      } finally {
        tape.dispose()
      }
    })
}

/**
 * The gradient of f by its first argument, a tensor or a tree of tensors. `grad(grad(f))` is the second derivative of
 * a scalar function.
 *
 * @param f - returns one number; further arguments are passed through
 * @throws NeuriteError as {@link valueAndGrad}
 * @example
 * ```ts
 * import { grad, square, sum, tensor } from '@neurite/core'
 * await grad((x) => sum(square(x)))(tensor([1, 2, 3])).toArray() // => [2, 4, 6]
 * ```
 */
export function grad<X = Tensor, R extends readonly unknown[] = []>(
  f: (x: X, ...rest: R) => Tensor,
  ...none: readonly []
): (x: X, ...rest: R) => X {
  takesNoOptions('grad', none)
  const both = valueAndGrad(f)
  return (x, ...rest) => tidy(() => both(x, ...rest)[1])
}

/** Sends a gradient of the output back to the inputs; see {@link vjp}. */
export interface Pullback {
  /** One gradient per input for an upstream gradient of the output's shape. May be called again and again. */
  (upstream: Tensor): Tensor[]
  /** Releases the intermediates it holds; otherwise they go with the garbage collector. */
  dispose(): void
}

/**
 * f's value at `xs`, and the function that sends an upstream gradient back through f to each of them (the
 * vector-Jacobian product).
 *
 * @returns the value, and a pullback that holds f's intermediates until it is disposed
 * @throws NeuriteError `SHAPE_MISMATCH` from the pullback if upstream does not have the output's shape
 * @example
 * ```ts
 * import { mul, tensor, vjp } from '@neurite/core'
 * const [value, pullback] = vjp(mul, tensor([1, 2]), tensor([3, 4]))
 * const [da, db] = pullback(tensor([1, 10]))
 * await value.toArray() // => [3, 8]
 * await da!.toArray() // => [3, 40]
 * await db!.toArray() // => [1, 20]
 * pullback.dispose()
 * ```
 */
export function vjp(f: (...xs: Tensor[]) => Tensor, ...xs: Tensor[]): [Tensor, Pullback] {
  const tape = new Tape()
  const record = (): readonly [Tensor, Tensor[]] => {
    const { watched, leaves: own } = watchTree('vjp', tape, xs)
    return withTapes([...activeTapes(), tape], () => {
      const result = f(...watched)
      refusePromise('vjp', result)
      checkTensor('vjp', result, 'the result of the function')
      // An f that returns its input must not have its value released with the pullback.
      return [own.includes(result) ? apply(primitive.reshape, [result], { shape: result.shape }) : result, own]
    })
  }
  let recorded: readonly [Tensor, Tensor[]]
  try {
    recorded = tidy(record)
  } catch (error) {
    tape.dispose()
    throw error
  }
  const [value, leaves] = recorded
  leaves.forEach(keep)
  const end = value.alias()
  let disposed = false
  const pullback = (upstream: Tensor): Tensor[] => {
    checkArgument(!disposed, () => 'vjp: this pullback was disposed; call vjp again.')
    checkArgument(
      isTensor(upstream) && upstream.dtype === end.dtype,
      () => `vjp: upstream must be a ${end.dtype} tensor of shape ${formatShape(end.shape)}.`,
    )
    if (formatShape(upstream.shape) !== formatShape(end.shape)) {
      throw new NeuriteError(
        'SHAPE_MISMATCH',
        `vjp: upstream has shape ${formatShape(upstream.shape)}, the output has ${formatShape(end.shape)}.`,
        { upstream: upstream.shape, output: end.shape },
      )
    }
    return tidy(() => gradientsOf(tape, end, upstream, leaves))
  }
  const dispose = (): void => {
    disposed = true
    tape.dispose()
    for (const tensor of [...leaves, end]) tensor.dispose()
  }
  return [value, Object.assign(pullback, { dispose })]
}

/**
 * Gives a function a gradient of its author's: for numerically better formulas, or gradients that differ from the
 * derivative on purpose. `f` returns its value and a pullback from an upstream gradient to one gradient per input,
 * written in ops; what it reuses of f's intermediates keeps its own derivative in gradients of gradients.
 *
 * @throws NeuriteError, when the gradient is taken: `INVALID_ARGUMENT` for another number of gradients,
 * `SHAPE_MISMATCH` for a gradient without its input's shape
 * @example
 * ```ts
 * import { customGradient, grad, mul, sum, tensor } from '@neurite/core'
 * // Straight through: the gradient of x instead of that of 3x.
 * const f = customGradient((x) => ({ value: mul(x!, 3), pullback: (upstream) => [upstream] }))
 * await grad((x) => sum(f(x)))(tensor([1, 2])).toArray() // => [1, 1]
 * ```
 */
export function customGradient(
  f: (...xs: Tensor[]) => { readonly value: Tensor; readonly pullback: (upstream: Tensor) => readonly Tensor[] },
  ...none: readonly []
): (...xs: Tensor[]) => Tensor {
  takesNoOptions('customGradient', none)
  return (...xs) => {
    xs.forEach((x, i) => checkTensor('customGradient', x, `argument ${i}`))
    // Recorded as usual, so that what the pullback reuses of f has its own derivative in gradients of gradients.
    const result = f(...xs)
    refusePromise('customGradient', result)
    const { value, pullback } = result
    checkTensor('customGradient', value, 'value')
    // A fresh identity, which no tape connects with f's operations: gradients of the result go through the pullback alone.
    const output = withTapes([], () => apply(primitive.reshape, [value], { shape: value.shape }))
    for (const tape of activeTapes()) {
      tape.recordCustom(xs, output, (upstream) => checkedGradients(xs, pullback(upstream)))
    }
    return output
  }
}

function checkedGradients(xs: readonly Tensor[], gradients: readonly Tensor[]): Gradients {
  refusePromise('customGradient', gradients)
  checkArgument(
    Array.isArray(gradients) && gradients.length === xs.length,
    () => `customGradient: the pullback must return ${xs.length} gradients, one per input.`,
  )
  return gradients.map((gradient, i) => {
    checkTensor('customGradient', gradient, `gradient ${i}`)
    const { shape } = xs[i]!
    if (!sameShape(gradient.shape, shape)) {
      throw new NeuriteError(
        'SHAPE_MISMATCH',
        `customGradient: gradient ${i} has shape ${formatShape(gradient.shape)}, its input has ${formatShape(shape)}.`,
        { gradient: gradient.shape, input: shape },
      )
    }
    return () => gradient
  })
}

/**
 * The matrix of all partial derivatives, row by row through {@link vjp}: for f from a tensor to a tensor, shape
 * [...f(x).shape, ...x.shape].
 *
 * @throws NeuriteError `NOT_DIFFERENTIABLE` if x is not float
 * @example
 * ```ts
 * import { jacobian, square, tensor } from '@neurite/core'
 * await jacobian((x) => square(x))(tensor([1, 2])).toArray() // => [[2, 0], [0, 4]]
 * ```
 */
export function jacobian(f: (x: Tensor) => Tensor, ...none: readonly []): (x: Tensor) => Tensor {
  takesNoOptions('jacobian', none)
  return (x) =>
    tidy(() => {
      const [value, pullback] = vjp(f, x)
      const rows = Array.from({ length: value.size }, (_, i) => {
        const positions = apply(
          primitive.arange,
          [],
          { start: 0, step: 1, length: value.size, dtype: 'int32' },
          value.backend,
        )
        const at = apply(primitive.full, [], { shape: [], value: i, dtype: 'int32' }, value.backend)
        const unit = apply(primitive.cast, [apply(primitive.equal, [positions, at], {})], { dtype: value.dtype })
        return apply(primitive.reshape, [pullback(apply(primitive.reshape, [unit], { shape: value.shape }))[0]!], {
          shape: [1, ...x.shape],
        })
      })
      pullback.dispose()
      const shape = [...value.shape, ...x.shape]
      return rows.length === 0
        ? apply(primitive.full, [], { shape, value: 0, dtype: x.dtype }, x.backend)
        : apply(primitive.reshape, [apply(primitive.concat, rows, { axis: 0 })], { shape })
    })
}

/**
 * The matrix of second derivatives of a function that returns one number, shape [...x.shape, ...x.shape].
 *
 * @throws NeuriteError `NOT_DIFFERENTIABLE` if x is not float, or f does not return one float
 * @example
 * ```ts
 * import { hessian, mul, slice, sum, tensor, type Tensor } from '@neurite/core'
 * // f(a, b) = a^2 b
 * const part = (x: Tensor, i: number) => slice(x, { begin: [i], size: [1] })
 * const f = (x: Tensor) => sum(mul(mul(part(x, 0), part(x, 0)), part(x, 1)))
 * await hessian(f)(tensor([3, 5])).toArray() // => [[10, 6], [6, 0]]
 * ```
 */
export function hessian(f: (x: Tensor) => Tensor, ...none: readonly []): (x: Tensor) => Tensor {
  takesNoOptions('hessian', none)
  return jacobian(grad(f))
}
