import type { TensorSpec } from '@neurite/core'
import { constant, plus, print, times, variable, type Affine } from './affine.js'
import { compound, exact, inexact, type Emitter, type Expression, type Nest } from './emitter.js'

type Reduced = 'sum' | 'max' | 'min'

/** One loop for each axis that goes, before the expression that is left. */
function reduction<P extends Reduced>(
  letter: string,
  start: string,
  step: (total: string, value: string) => string,
  finish: (total: string, nest: Nest<P>) => Expression,
): Emitter<P> {
  return {
    kind: 'element',
    streams: 'first',
    write(nest, index) {
      const { code, params, inputs } = nest
      const { axes, keepDims } = params
      const { shape } = inputs[0]!
      const total = code.fresh(letter)
      code.line(`let ${total} = ${start}`)
      code.loops(
        axes.map((axis) => shape[axis]!),
        (inner) => {
          let kept = 0
          const place = shape.map((_, axis) => {
            const reduced = axes.indexOf(axis)
            if (reduced < 0) return index[keepDims ? axis : kept++]!
            return inner[reduced]!
          })
          code.line(step(total, nest.read(0, place)))
        },
      )
      return finish(total, nest)
    },
  }
}

/** Sums are doubles until they are stored. */
export function summed(total: string, { output }: { readonly output: TensorSpec }): Expression {
  return output.dtype === 'int32' ? compound(`${total} | 0`) : inexact(total)
}

function extremeIndex<P extends 'argMax' | 'argMin'>(helper: 'larger' | 'smaller'): Emitter<P> {
  return {
    kind: 'element',
    write(nest, index) {
      const { code, params, inputs, help } = nest
      const { axis } = params
      const at = (k: Affine): string => nest.read(0, [...index.slice(0, axis), k, ...index.slice(axis)])
      const best = code.fresh('best')
      code.line(`let ${best} = 0`)
      code.loop(inputs[0]!.shape[axis]!, (k) =>
        code.line(`if (${help(helper)}(${at(k)}, ${at(variable(best))})) ${best} = ${print(k)}`),
      )
      return exact(best)
    },
  }
}

/** The index of the operand: of a batch of matrices, whose leading axes may broadcast. */
function matrixAt(shape: readonly number[], index: readonly Affine[], row: Affine, column: Affine): Affine[] {
  const lead = index.length - shape.length
  const batch = shape.slice(0, -2).map((extent, axis) => (extent === 1 ? constant(0) : index[lead + axis]!))
  return [...batch, row, column]
}

const matmul: Emitter<'matmul'> = {
  kind: 'element',
  write(nest, index) {
    const { code, params, inputs } = nest
    const [a, b] = inputs as readonly [TensorSpec, TensorSpec]
    const [row, column] = index.slice(-2) as [Affine, Affine]
    const total = code.fresh('s')
    code.line(`let ${total} = 0`)
    code.loop(a.shape.at(params.transposeA ? -2 : -1)!, (k) => {
      const left = nest.read(0, matrixAt(a.shape, index, ...swapped(row, k, params.transposeA)))
      const right = nest.read(1, matrixAt(b.shape, index, ...swapped(k, column, params.transposeB)))
      code.line(`${total} += ${left} * ${right}`)
    })
    return summed(total, nest)
  },
}

function swapped(a: Affine, b: Affine, transposed: boolean): readonly [Affine, Affine] {
  return transposed ? [b, a] : [a, b]
}

const gather: Emitter<'gather'> = {
  kind: 'element',
  write(nest, index) {
    const { code, params, inputs } = nest
    const { axis } = params
    const [values, indices] = inputs as readonly [TensorSpec, TensorSpec]
    const end = axis + indices.shape.length
    const place = code.fresh('at')
    code.line(`const ${place} = ${nest.read(1, index.slice(axis, end))}`)
    const value = nest.read(0, [...index.slice(0, axis), variable(place), ...index.slice(end)])
    const inside = `${place} >= 0 && ${place} < ${values.shape[axis]!}`
    return compound(`${inside} ? ${value} : 0`)
  },
}

/** As PyTorch and NumPy order them: ties by the lower index, NaN first. */
const topKIndices: Emitter<'topKIndices'> = {
  kind: 'whole',
  write(nest, at) {
    const { code, params, inputs, help } = nest
    const { shape } = inputs[0]!
    const last = shape.length - 1
    code.loops(shape.slice(0, -1), (row) => {
      const [a, b] = ['a', 'b'].map((name) => nest.read(0, [...row, variable(name)])) as [string, string]
      const larger = help('larger')
      const order = code.fresh('order')
      code.line(`const ${order} = Array.from({ length: ${shape[last]!} }, (_, a) => a)`)
      code.line(`${order}.sort((a, b) => (${larger}(${a}, ${b}) ? -1 : ${larger}(${b}, ${a}) ? 1 : a - b))`)
      code.loop(params.k, (k) => code.line(`${at([...row, k])} = ${order}[${print(k)}]`))
    })
  },
}

const cumsum: Emitter<'cumsum'> = {
  kind: 'whole',
  streams: 'first',
  write(nest, at) {
    const { code, params, output } = nest
    const { axis, reverse } = params
    const extent = output.shape[axis]!
    const others = output.shape.filter((_, i) => i !== axis)
    code.loops(others, (rest) => {
      const total = code.fresh('s')
      code.line(`let ${total} = 0`)
      code.loop(extent, (k) => {
        const along = reverse ? plus(constant(extent - 1), times(k, -1)) : k
        const index = [...rest.slice(0, axis), along, ...rest.slice(axis)]
        code.line(`${at(index)} = ${total} += ${nest.read(0, index)}`)
      })
    })
  },
}

/** Lines along an axis: the largest is taken out first, so that nothing overflows. */
function lines<P extends 'softmax' | 'logSoftmax'>(isLog: boolean): Emitter<P> {
  return {
    kind: 'whole',
    write(nest, at) {
      const { code, params, output } = nest
      const { axis } = params
      const others = output.shape.filter((_, i) => i !== axis)
      code.loops(others, (rest) => {
        const [top, total] = [code.fresh('top'), code.fresh('s')]
        const along = (write: (element: string, value: string) => string): void =>
          code.loop(output.shape[axis]!, (k) => {
            const index = [...rest.slice(0, axis), k, ...rest.slice(axis)]
            code.line(write(at(index), nest.read(0, index)))
          })
        code.line(`let ${top} = -Infinity`)
        along((_, value) => `${top} = Math.max(${top}, ${value})`)
        code.line(`let ${total} = 0`)
        if (isLog) {
          along((_, value) => `${total} += Math.exp(${value} - ${top})`)
          along((element, value) => `${element} = ${value} - ${top} - Math.log(${total})`)
        } else {
          along((element, value) => `${total} += ${element} = Math.exp(${value} - ${top})`)
          along((element) => `${element} /= ${total}`)
        }
      })
    },
  }
}

const scatterAdd: Emitter<'scatterAdd'> = {
  kind: 'whole',
  streams: 'first',
  write(nest, at, name) {
    const { code, params, inputs } = nest
    const { axis, extent, indexRank } = params
    code.line(`${name}.fill(0)`)
    code.loops(inputs[0]!.shape, (index) => {
      const place = code.fresh('at')
      code.line(`const ${place} = ${nest.read(1, index.slice(axis, axis + indexRank))}`)
      const element = at([...index.slice(0, axis), variable(place), ...index.slice(axis + indexRank)])
      code.line(`if (${place} >= 0 && ${place} < ${extent}) ${element} += ${nest.read(0, index)}`)
    })
  },
}

/** What reads many elements for one, or orders them. */
export const REDUCTION_EMITTERS = {
  sum: reduction<'sum'>('s', '0', (total, value) => `${total} += ${value}`, summed),
  max: reduction<'max'>('top', '-Infinity', (top, value) => `${top} = Math.max(${top}, ${value})`, exact),
  min: reduction<'min'>('low', 'Infinity', (low, value) => `${low} = Math.min(${low}, ${value})`, exact),
  argMax: extremeIndex<'argMax'>('larger'),
  argMin: extremeIndex<'argMin'>('smaller'),
  topKIndices,
  cumsum,
  matmul,
  gather,
  scatterAdd,
  softmax: lines<'softmax'>(false),
  logSoftmax: lines<'logSoftmax'>(true),
}
