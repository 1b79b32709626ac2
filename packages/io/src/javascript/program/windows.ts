import type { PrimitiveName, PrimitiveParams, TensorSpec } from '@neurite/core'
import { constant, plus, print, times, variable, type Affine } from './affine.js'
import { exact, inexact, type Emitter, type Nest } from './emitter.js'
import { summed } from './reductions.js'

type Movement = Pick<PrimitiveParams['conv2d'], 'strides' | 'padding'>
type Pooled = 'avgPool2d' | 'maxPool2d' | 'maxPool2dPick' | 'maxPool2dGradient'
type Four = [Affine, Affine, Affine, Affine]
type Two = readonly [number, number]

/** Leaves the loop around it where a place is outside. */
function within(nest: Nest<PrimitiveName>, place: Affine, extent: number, whole = ''): Affine {
  const name = nest.code.fresh('at')
  nest.code.line(`const ${name} = ${print(place)}${whole}`)
  nest.code.line(`if (${whole && `${name} % 1 || `}${name} < 0 || ${name} >= ${extent}) continue`)
  return variable(name)
}

/** The places of a window, (y, x) in the image and (dy, dx) in the window, which may leave the image where it is padded. */
function eachPlace(
  nest: Nest<PrimitiveName>,
  { strides, padding }: Movement,
  window: Two,
  [height, width]: Two,
  [row, column]: readonly [Affine, Affine],
  visit: (y: Affine, x: Affine, dy: Affine, dx: Affine) => void,
): void {
  const along = (axis: 0 | 1, at: Affine, extent: number, go: (place: Affine, d: Affine) => void): void => {
    const [before, after] = padding[axis]
    aLoop(nest, window[axis], before + after > 0, (d) => {
      const place = plus(plus(times(at, strides[axis]), d), constant(-before))
      go(before + after > 0 ? within(nest, place, extent) : place, d)
    })
  }
  along(0, row, height, (y, dy) => along(1, column, width, (x, dx) => visit(y, x, dy, dx)))
}

/** The other way: the windows that cover (y, x), and where in them it lies. */
function eachWindow(
  nest: Nest<PrimitiveName>,
  { strides, padding }: Movement,
  window: Two,
  [rows, columns]: Two,
  [y, x]: readonly [Affine, Affine],
  visit: (row: Affine, column: Affine, dy: Affine, dx: Affine) => void,
): void {
  const along = (axis: 0 | 1, at: Affine, extent: number, go: (place: Affine, d: Affine) => void): void =>
    aLoop(nest, window[axis], true, (d) => {
      const distance = plus(plus(at, times(d, -1)), constant(padding[axis][0]))
      const stride = strides[axis]
      if (stride === 1) return go(within(nest, distance, extent), d)
      const name = nest.code.fresh('far')
      nest.code.line(`const ${name} = ${print(distance)}`)
      go(within(nest, variable(name), extent, ` / ${stride}`), d)
    })
  along(0, y, rows, (row, dy) => along(1, x, columns, (column, dx) => visit(row, column, dy, dx)))
}

/** A loop also where there is one turn alone, if a turn may be left early. */
function aLoop({ code }: Nest<PrimitiveName>, extent: number, leaves: boolean, write: (i: Affine) => void): void {
  if (extent !== 1 || !leaves) return code.loop(extent, write)
  code.block('do', () => write(constant(0)))
  code.line('while (false)')
}

const sizeOfImage = ({ shape }: TensorSpec): Two => [shape[1]!, shape[2]!]
const sizeOfFilter = ({ shape }: TensorSpec): Two => [shape[0]!, shape[1]!]

const conv2d: Emitter<'conv2d'> = {
  kind: 'element',
  write(nest, index) {
    const { code, inputs, params } = nest
    const [image, filter] = inputs as readonly [TensorSpec, TensorSpec]
    const [n, row, column, out] = index as Four
    const total = code.fresh('s')
    code.line(`let ${total} = 0`)
    eachPlace(nest, params, sizeOfFilter(filter), sizeOfImage(image), [row, column], (y, x, dy, dx) =>
      code.loop(filter.shape[2]!, (c) =>
        code.line(`${total} += ${nest.read(0, [n, y, x, c])} * ${nest.read(1, [dy, dx, c, out])}`),
      ),
    )
    return summed(total, nest)
  },
}

const conv2dInputGradient: Emitter<'conv2dInputGradient'> = {
  kind: 'element',
  write(nest, index) {
    const { code, inputs, params } = nest
    const [upstream, filter] = inputs as readonly [TensorSpec, TensorSpec]
    const [n, y, x, c] = index as Four
    const total = code.fresh('s')
    code.line(`let ${total} = 0`)
    eachWindow(nest, params, sizeOfFilter(filter), sizeOfImage(upstream), [y, x], (row, column, dy, dx) =>
      code.loop(filter.shape[3]!, (out) =>
        code.line(`${total} += ${nest.read(0, [n, row, column, out])} * ${nest.read(1, [dy, dx, c, out])}`),
      ),
    )
    return inexact(total)
  },
}

const conv2dFilterGradient: Emitter<'conv2dFilterGradient'> = {
  kind: 'element',
  write(nest, index) {
    const { code, inputs, params } = nest
    const [image, upstream] = inputs as readonly [TensorSpec, TensorSpec]
    const [dy, dx, c, out] = index as Four
    const [height, width] = sizeOfImage(image)
    const total = code.fresh('s')
    code.line(`let ${total} = 0`)
    const place = (axis: 0 | 1, window: Affine, d: Affine): Affine =>
      plus(plus(times(window, params.strides[axis]), d), constant(-params.padding[axis][0]))
    const [images, rows, columns] = upstream.shape as [number, number, number]
    code.loop(images, (n) =>
      aLoop(nest, rows, true, (row) => {
        const y = within(nest, place(0, row, dy), height)
        aLoop(nest, columns, true, (column) => {
          const x = within(nest, place(1, column, dx), width)
          code.line(`${total} += ${nest.read(0, [n, y, x, c])} * ${nest.read(1, [n, row, column, out])}`)
        })
      }),
    )
    return inexact(total)
  },
}

const maxPool2d: Emitter<'maxPool2d'> = {
  kind: 'element',
  write(nest, index) {
    const { code, inputs, params } = nest
    const [n, row, column, c] = index as Four
    const top = code.fresh('top')
    code.line(`let ${top} = -Infinity`)
    eachPlace(nest, params, params.window, sizeOfImage(inputs[0]!), [row, column], (y, x) =>
      code.line(`${top} = Math.max(${top}, ${nest.read(0, [n, y, x, c])})`),
    )
    return exact(top)
  },
}

/** Where the first maximum of a window lies: two names. */
function winner(nest: Nest<Pooled>, [n, row, column, c]: Four): [Affine, Affine] {
  const { code, inputs, params, help } = nest
  const names = [code.fresh('row'), code.fresh('column')] as const
  code.line(`let ${names[0]} = -1`)
  code.line(`let ${names[1]} = -1`)
  const best: [Affine, Affine] = [variable(names[0]), variable(names[1])]
  eachPlace(nest, params, params.window, sizeOfImage(inputs[0]!), [row, column], (y, x) => {
    const wins = `${help('larger')}(${nest.read(0, [n, y, x, c])}, ${nest.read(0, [n, ...best, c])})`
    code.block(`if (${names[0]} < 0 || ${wins})`, () => {
      code.line(`${names[0]} = ${print(y)}`)
      code.line(`${names[1]} = ${print(x)}`)
    })
  })
  return best
}

const maxPool2dPick: Emitter<'maxPool2dPick'> = {
  kind: 'element',
  write(nest, index) {
    const [n, , , c] = index as Four
    return exact(nest.read(1, [n, ...winner(nest, index as Four), c]))
  },
}

const maxPool2dGradient: Emitter<'maxPool2dGradient'> = {
  kind: 'whole',
  write(nest, place, name) {
    const { code, inputs } = nest
    code.line(`${name}.fill(0)`)
    code.loops(inputs[1]!.shape, (index) => {
      const [n, , , c] = index as Four
      const best = winner(nest, index as Four)
      code.line(`${place([n, ...best, c])} += ${nest.read(1, index)}`)
    })
  },
}

const avgPool2d: Emitter<'avgPool2d'> = {
  kind: 'element',
  write(nest, index) {
    const { code, inputs, params } = nest
    const [n, row, column, c] = index as Four
    const [total, count] = [code.fresh('s'), code.fresh('count')]
    code.line(`let ${total} = 0`)
    code.line(`let ${count} = 0`)
    eachPlace(nest, params, params.window, sizeOfImage(inputs[0]!), [row, column], (y, x) => {
      code.line(`${total} += ${nest.read(0, [n, y, x, c])}`)
      code.line(`${count}++`)
    })
    return inexact(`${total} / ${count}`)
  },
}

const avgPool2dGradient: Emitter<'avgPool2dGradient'> = {
  kind: 'element',
  write(nest, index) {
    const { code, inputs, params } = nest
    const { inputShape, window, strides, padding } = params
    const [n, y, x, c] = index as Four
    const total = code.fresh('s')
    code.line(`let ${total} = 0`)
    /** How much of a window lies inside the image, along an axis. */
    const covered = (axis: 0 | 1, at: Affine): string => {
      const start = print(plus(times(at, strides[axis]), constant(-padding[axis][0])))
      return `(Math.min(${inputShape[axis + 1]}, ${start} + ${window[axis]}) - Math.max(0, ${start}))`
    }
    eachWindow(nest, params, window, sizeOfImage(inputs[0]!), [y, x], (row, column) =>
      code.line(`${total} += ${nest.read(0, [n, row, column, c])} / (${covered(0, row)} * ${covered(1, column)})`),
    )
    return inexact(total)
  },
}

/** Convolutions, pooling and their gradients. */
export const WINDOW_EMITTERS = {
  conv2d,
  conv2dInputGradient,
  conv2dFilterGradient,
  maxPool2d,
  maxPool2dGradient,
  maxPool2dPick,
  avgPool2d,
  avgPool2dGradient,
}
