import { sameShape, stridesOf } from '@neurite/core'
import { numberText } from '../text.js'
import { constant, plus, print, times } from './affine.js'
import { compound, inexact, type Emitter, type View } from './emitter.js'

/** Whether it reads a part of its array from front to back. */
export function isContiguous({ shape, strides }: Pick<View, 'shape' | 'strides'>): boolean {
  return stridesOf(shape).every((stride, axis) => shape[axis] === 1 || stride === strides[axis])
}

const reshape: Emitter<'reshape'> = {
  kind: 'view',
  see: (view, _, shape) => {
    if (sameShape(view.shape, shape)) return view
    return isContiguous(view) ? { ...view, shape, strides: stridesOf(shape) } : undefined
  },
}

const transpose: Emitter<'transpose'> = {
  kind: 'view',
  see: (view, { axes }, shape) => ({ ...view, shape, strides: axes.map((axis) => view.strides[axis]!) }),
}

const broadcastTo: Emitter<'broadcastTo'> = {
  kind: 'view',
  see: (view, _, shape) => {
    const lead = shape.length - view.shape.length
    const strides = shape.map((_, axis) =>
      axis < lead || view.shape[axis - lead] === 1 ? 0 : view.strides[axis - lead]!,
    )
    return { ...view, shape, strides }
  },
}

const slice: Emitter<'slice'> = {
  kind: 'view',
  see: (view, { begin }, shape) => {
    const offset = begin.reduce((sum, n, axis) => sum + n * view.strides[axis]!, view.offset)
    return { ...view, shape, offset }
  },
}

const concat: Emitter<'concat'> = {
  kind: 'whole',
  streams: 'all',
  write(nest, at) {
    let start = 0
    nest.inputs.forEach(({ shape }, part) => {
      const { axis } = nest.params
      const before = start
      nest.code.loops(shape, (index) => {
        const place = index.map((i, along) => (along === axis ? plus(i, constant(before)) : i))
        nest.code.line(`${at(place)} = ${nest.read(part, index)}`)
      })
      start += shape[axis]!
    })
  },
}

const pad: Emitter<'pad'> = {
  kind: 'whole',
  streams: 'first',
  write({ code, params: { paddings, value }, inputs, read }, at, name) {
    code.line(`${name}.fill(${numberText(value)})`)
    code.loops(inputs[0]!.shape, (index) => {
      const place = index.map((i, axis) => plus(i, constant(paddings[axis]![0])))
      code.line(`${at(place)} = ${read(0, index)}`)
    })
  },
}

const arange: Emitter<'arange'> = {
  kind: 'element',
  write: ({ params: { start, step } }, [i]) => {
    const whole = Number.isInteger(start) && Number.isInteger(step)
    return whole
      ? compound(print(plus(constant(start), times(i!, step))))
      : inexact(`${start} + ${print(i!)} * ${step}`)
  },
}

/** What makes numbers, or puts them elsewhere. */
export const MOVEMENT_EMITTERS = {
  reshape,
  transpose,
  broadcastTo,
  slice,
  concat,
  pad,
  arange,
  full: { kind: 'literal', value: ({ value }) => value } satisfies Emitter<'full'> as Emitter<'full'>,
  random: {
    kind: 'refused',
    why: 'a module gives the same answer every time; leave out what draws random numbers',
  } satisfies Emitter<'random'> as Emitter<'random'>,
}
