import { apply } from '../apply.js'
import { checkArgument, NeuriteError } from '../errors/index.js'
import { formatShape } from '../shape/index.js'
import { isFloating } from '../tensor/dtype.js'
import { keep, tidy } from '../tensor/scope.js'
import type { Tensor } from '../tensor/tensor.js'
import { isTensor, mapLeaves } from '../tensor/tree.js'
import { backward } from './backward.js'
import { activeTapes, Tape, withTapes } from './tape.js'

/** Handles of their own on the leaves, so that an inner gradient by x does not mix with an outer one by the same x. */
function watchTree<P>(where: string, tape: Tape, tree: P): { watched: P; leaves: Tensor[] } {
  const leaves: Tensor[] = []
  const watched = mapLeaves(tree, (leaf, path) => {
    if (!isTensor(leaf)) {
      throw new NeuriteError('NOT_DIFFERENTIABLE', `${where}: the first argument must be a tensor or a tree of tensors; ${path === '' ? 'it' : path} is ${leaf === null ? 'null' : typeof leaf}.`, { path })
    }
    if (!isFloating(leaf.dtype)) {
      throw new NeuriteError('NOT_DIFFERENTIABLE', `${where}: ${path === '' ? 'the argument' : path} is ${leaf.dtype}, which has no gradient; differentiate by float tensors and pass the rest as further arguments.`, { path, dtype: leaf.dtype })
    }
    const own = apply('reshape', [leaf], { shape: leaf.shape })
    tape.watch(own)
    leaves.push(own)
    return own
  }) as P
  return { watched, leaves }
}

function checkScalar(where: string, value: unknown): asserts value is Tensor {
  checkArgument(isTensor(value), () => `${where}: the function must return a tensor, got ${value instanceof Promise ? 'a promise; it must be synchronous' : typeof value}.`)
  if (value.size !== 1 || !isFloating(value.dtype)) {
    throw new NeuriteError('NOT_DIFFERENTIABLE', `${where}: the function must return one float number, got ${value.dtype}${formatShape(value.shape)}; reduce it with sum or mean, or use vjp or jacobian.`, { shape: value.shape, dtype: value.dtype })
  }
}

const filled = (like: Tensor, value: number): Tensor => apply('full', [], { shape: like.shape, value, dtype: like.dtype }, like.backend)

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
export function valueAndGrad<X = Tensor, R extends readonly unknown[] = []>(f: (x: X, ...rest: R) => Tensor): (x: X, ...rest: R) => [Tensor, X] {
  const withNothing = valueAndGradWithAux((x: X, ...rest: R) => [f(x, ...rest), null])
  return (x, ...rest) => {
    const [value, gradients] = withNothing(x, ...rest)
    return [value, gradients]
  }
}

/**
 * As {@link valueAndGrad}, for an f that returns `[value, aux]`: aux (a tree: running statistics, predictions) is passed
 * through and not differentiated. The result is `[value, gradients, aux]`.
 */
export function valueAndGradWithAux<X, A, R extends readonly unknown[] = []>(f: (x: X, ...rest: R) => readonly [Tensor, A]): (x: X, ...rest: R) => [Tensor, X, A] {
  return (x, ...rest) => tidy(() => {
    const tape = new Tape()
    try {
      const { watched, leaves } = watchTree('grad', tape, x)
      const [value, aux] = withTapes([...activeTapes(), tape], () => f(watched, ...rest))
      checkScalar('grad', value)
      const found = backward(tape, value, filled(value, 1), leaves)
      let i = 0
      const gradients = mapLeaves(x, (leaf) => found[i++] ?? filled(leaf as Tensor, 0)) as X
      return [value, gradients, aux]
    } finally {
      tape.dispose()
    }
  })
}

/**
 * The gradient of f by its first argument. `grad(grad(f))` is the second derivative of a scalar function.
 *
 * @example
 * ```ts
 * import { grad, square, sum, tensor } from '@neurite/core'
 * await grad((x) => sum(square(x)))(tensor([1, 2, 3])).toArray() // => [2, 4, 6]
 * ```
 */
export function grad<X = Tensor, R extends readonly unknown[] = []>(f: (x: X, ...rest: R) => Tensor): (x: X, ...rest: R) => X {
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
  const [value, leaves] = tidy(() => {
    const { watched, leaves: own } = watchTree('vjp', tape, xs)
    const result = withTapes([...activeTapes(), tape], () => f(...watched))
    checkArgument(isTensor(result), () => 'vjp: the function must return a tensor.')
    // An f that returns its input must not have its value released with the pullback.
    return [own.includes(result) ? withTapes([...activeTapes(), tape], () => apply('reshape', [result], { shape: result.shape })) : result, own] as const
  })
  leaves.forEach(keep)
  const end = value.alias()
  let disposed = false
  const pullback = (upstream: Tensor): Tensor[] => {
    checkArgument(!disposed, () => 'vjp: this pullback was disposed; call vjp again.')
    checkArgument(isTensor(upstream) && upstream.dtype === end.dtype, () => `vjp: upstream must be a ${end.dtype} tensor of shape ${formatShape(end.shape)}.`)
    if (formatShape(upstream.shape) !== formatShape(end.shape)) {
      throw new NeuriteError('SHAPE_MISMATCH', `vjp: upstream has shape ${formatShape(upstream.shape)}, the output has ${formatShape(end.shape)}.`)
    }
    return tidy(() => backward(tape, end, upstream, leaves).map((gradient, i) => gradient ?? filled(leaves[i]!, 0)))
  }
  const dispose = (): void => {
    disposed = true
    tape.dispose()
    // Symbolic values have no memory, and are not copied by alias(): an outer tape may still need them.
    for (const tensor of [...leaves, end]) if (!tensor.isSymbolic) tensor.dispose()
  }
  return [value, Object.assign(pullback, { dispose })]
}

/**
 * Gives a function a gradient of its author's: for numerically better formulas, or gradients that differ from the
 * derivative on purpose. `f` returns its value and a pullback from an upstream gradient to one gradient per input.
 *
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
): (...xs: Tensor[]) => Tensor {
  return (...xs) => {
    const tapes = activeTapes()
    const { value, pullback } = withTapes([], () => f(...xs))
    // A fresh identity: f may have returned one of its inputs.
    const output = withTapes([], () => apply('reshape', [value], { shape: value.shape }))
    for (const tape of tapes) tape.record({ primitive: 'custom', inputs: xs, output, pullback })
    return output
  }
}

/**
 * The matrix of all partial derivatives: for f from a tensor to a tensor, shape [...f(x).shape, ...x.shape].
 *
 * @example
 * ```ts
 * import { jacobian, square, tensor } from '@neurite/core'
 * await jacobian((x) => square(x))(tensor([1, 2])).toArray() // => [[2, 0], [0, 4]]
 * ```
 */
export function jacobian(f: (x: Tensor) => Tensor): (x: Tensor) => Tensor {
  return (x) => tidy(() => {
    const [value, pullback] = vjp(f, x)
    const rows = Array.from({ length: value.size }, (_, i) => {
      const positions = apply('arange', [], { start: 0, step: 1, length: value.size, dtype: 'int32' }, value.backend)
      const at = apply('full', [], { shape: [], value: i, dtype: 'int32' }, value.backend)
      const unit = apply('cast', [apply('equal', [positions, at], {})], { dtype: value.dtype })
      return apply('reshape', [pullback(apply('reshape', [unit], { shape: value.shape }))[0]!], { shape: [1, ...x.shape] })
    })
    pullback.dispose()
    const shape = [...value.shape, ...x.shape]
    return rows.length === 0 ? apply('full', [], { shape, value: 0, dtype: x.dtype }, x.backend) : apply('reshape', [apply('concat', rows, { axis: 0 })], { shape })
  })
}

/** The matrix of second derivatives of a scalar function, shape [...x.shape, ...x.shape]. */
export function hessian(f: (x: Tensor) => Tensor): (x: Tensor) => Tensor {
  return jacobian(grad(f))
}

