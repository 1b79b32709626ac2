import { NeuriteError } from '../errors/index.js'
import { broadcastShapes, formatShape, windowedExtent } from '../shape/index.js'
import type { TensorSpec } from '../tensor/dtype.js'
import type { PrimitiveParams } from './params.js'
import { checkDTypes, type Rule } from './rule.js'

function checkImage(where: string, name: string, { shape }: TensorSpec): void {
  if (shape.length !== 4) {
    throw new NeuriteError('SHAPE_MISMATCH', `${where}: ${name} must be 4-d, got shape ${formatShape(shape)}; images are [batch, height, width, channels], filters [height, width, in, out].`)
  }
}

function slide(where: string, image: readonly number[], window: readonly number[], { strides, padding }: PrimitiveParams['conv2d']): [number, number] {
  const height = windowedExtent(image[1]!, window[0]!, strides[0], padding[0])
  const width = windowedExtent(image[2]!, window[1]!, strides[1], padding[1])
  if (height < 1 || width < 1) {
    throw new NeuriteError('SHAPE_MISMATCH', `${where}: a window of ${window[0]}x${window[1]} does not fit into an image of ${image[1]}x${image[2]} with padding ${JSON.stringify(padding)}; use a smaller window or padding 'same'.`)
  }
  return [height, width]
}

const pooled: Rule<'maxPool2d' | 'avgPool2d'> = {
  infer([x], params, name) {
    const dtype = checkDTypes(name, [x!], 'float')
    checkImage(name, 'x', x!)
    const [n, , , c] = x!.shape
    // A window that lies in padding alone would have neither a maximum nor a mean.
    const [[top, bottom], [left, right]] = params.padding
    if (Math.max(top, bottom) >= params.window[0] || Math.max(left, right) >= params.window[1]) {
      throw new NeuriteError('INVALID_ARGUMENT', `${name}: padding ${JSON.stringify(params.padding)} must be smaller than the window ${params.window.join('x')}.`)
    }
    return { dtype, shape: [n!, ...slide(name, x!.shape, params.window, params), c!] }
  },
}

export const contractionRules = {
  matmul: {
    infer([a, b], { transposeA, transposeB }, name) {
      const dtype = checkDTypes(name, [a!, b!], 'float')
      const p = a!.shape
      const q = b!.shape
      const fail = (reason: string): never => {
        throw new NeuriteError('SHAPE_MISMATCH', `matmul: shapes ${formatShape(p)}${transposeA ? ' (transposed)' : ''} and ${formatShape(q)}${transposeB ? ' (transposed)' : ''} ${reason}.`, { a: p, b: q })
      }
      if (p.length < 2 || q.length < 2) fail('must both be at least 2-d; use reshape for a vector')
      const m = p.at(transposeA ? -1 : -2)!
      const k = p.at(transposeA ? -2 : -1)!
      const inner = q.at(transposeB ? -1 : -2)!
      const n = q.at(transposeB ? -2 : -1)!
      if (k !== inner) fail(`do not fit: the inner extents are ${k} and ${inner} and must be equal`)
      return { dtype, shape: [...broadcastShapes(name, p.slice(0, -2), q.slice(0, -2)), m, n] }
    },
  } satisfies Rule<'matmul'>,
  conv2d: {
    infer([x, filter], params, name) {
      const dtype = checkDTypes(name, [x!, filter!], 'float')
      checkImage(name, 'x', x!)
      checkImage(name, 'filter', filter!)
      if (x!.shape[3] !== filter!.shape[2]) {
        throw new NeuriteError('SHAPE_MISMATCH', `conv2d: the image ${formatShape(x!.shape)} has ${x!.shape[3]} channels, the filter ${formatShape(filter!.shape)} takes ${filter!.shape[2]}.`)
      }
      return { dtype, shape: [x!.shape[0]!, ...slide(name, x!.shape, filter!.shape, params), filter!.shape[3]!] }
    },
  } satisfies Rule<'conv2d'>,
  conv2dInputGradient: { infer: (inputs, { inputShape }, name) => ({ dtype: checkDTypes(name, inputs, 'float'), shape: inputShape }) } satisfies Rule<'conv2dInputGradient'>,
  conv2dFilterGradient: { infer: (inputs, { filterShape }, name) => ({ dtype: checkDTypes(name, inputs, 'float'), shape: filterShape }) } satisfies Rule<'conv2dFilterGradient'>,
  maxPool2d: pooled,
  maxPool2dGradient: { infer: (inputs, _, name) => ({ dtype: checkDTypes(name, inputs, 'float'), shape: inputs[0]!.shape }) } satisfies Rule<'maxPool2dGradient'>,
  maxPool2dPick: { infer: ([x], params) => pooled.infer([x!], params, 'maxPool2d') } satisfies Rule<'maxPool2dPick'>,
  avgPool2d: pooled,
  avgPool2dGradient: { infer: (inputs, { inputShape }, name) => ({ dtype: checkDTypes(name, inputs, 'float'), shape: inputShape }) } satisfies Rule<'avgPool2dGradient'>,
}
