import { apply } from '../apply.js'
import { NeuriteError } from '../errors/index.js'
import { formatShape, windowedExtent } from '../shape/index.js'
import type { TensorSpec } from '../tensor/dtype.js'
import type { PrimitiveParams } from './params.js'
import type { Primitive } from './primitive.js'
import { checkDTypes, type Rule } from './rule.js'

/** Refuses what is not 4-d. */
export function checkImage(where: string, name: string, { shape }: TensorSpec): void {
  if (shape.length !== 4) {
    throw new NeuriteError(
      'SHAPE_MISMATCH',
      `${where}: ${name} must be 4-d, got shape ${formatShape(shape)}; images are [batch, height, width, channels], filters [height, width, in, out].`,
      { shape },
    )
  }
}

function slide(
  where: string,
  image: readonly number[],
  window: readonly number[],
  { strides, padding }: PrimitiveParams['conv2d'],
): [number, number] {
  const height = windowedExtent(image[1]!, window[0]!, strides[0], padding[0])
  const width = windowedExtent(image[2]!, window[1]!, strides[1], padding[1])
  if (height < 1 || width < 1) {
    throw new NeuriteError(
      'SHAPE_MISMATCH',
      `${where}: a window of ${window[0]}x${window[1]} does not fit into an image of ${image[1]}x${image[2]} with padding ${JSON.stringify(padding)}; use a smaller window or padding 'same'.`,
      { window: window.slice(0, 2), image },
    )
  }
  return [height, width]
}

// Convolution is bilinear, so its two gradients and itself are one another's gradients.
export const conv2d: Primitive<'conv2d'> = {
  name: 'conv2d',
  infer([x, filter], params, name) {
    const dtype = checkDTypes(name, [x!, filter!], 'float')
    checkImage(name, 'x', x!)
    checkImage(name, 'filter', filter!)
    if (x!.shape[3] !== filter!.shape[2]) {
      throw new NeuriteError(
        'SHAPE_MISMATCH',
        `conv2d: the image ${formatShape(x!.shape)} has ${x!.shape[3]} channels, the filter ${formatShape(filter!.shape)} takes ${filter!.shape[2]}.`,
        { image: x!.shape, filter: filter!.shape },
      )
    }
    return { dtype, shape: [x!.shape[0]!, ...slide(name, x!.shape, filter!.shape, params), filter!.shape[3]!] }
  },
  vjp: ({ inputs: [x, filter], params, upstream }) => [
    () => apply(conv2dInputGradient, [upstream, filter!], { ...params, inputShape: x!.shape }),
    () => apply(conv2dFilterGradient, [x!, upstream], { ...params, filterShape: filter!.shape }),
  ],
}

export const conv2dInputGradient: Primitive<'conv2dInputGradient'> = {
  name: 'conv2dInputGradient',
  infer: (inputs, { inputShape }, name) => ({ dtype: checkDTypes(name, inputs, 'float'), shape: inputShape }),
  vjp: ({ inputs: [outer, filter], params: { strides, padding }, upstream }) => [
    () => apply(conv2d, [upstream, filter!], { strides, padding }),
    () => apply(conv2dFilterGradient, [upstream, outer!], { strides, padding, filterShape: filter!.shape }),
  ],
}

export const conv2dFilterGradient: Primitive<'conv2dFilterGradient'> = {
  name: 'conv2dFilterGradient',
  infer: (inputs, { filterShape }, name) => ({ dtype: checkDTypes(name, inputs, 'float'), shape: filterShape }),
  vjp: ({ inputs: [x, outer], params: { strides, padding }, upstream }) => [
    () => apply(conv2dInputGradient, [outer!, upstream], { strides, padding, inputShape: x!.shape }),
    () => apply(conv2d, [x!, upstream], { strides, padding }),
  ],
}

const inferPooled: Rule<'maxPool2d' | 'avgPool2d'>['infer'] = ([x], params, name) => {
  const dtype = checkDTypes(name, [x!], 'float')
  checkImage(name, 'x', x!)
  const [n, , , c] = x!.shape
  // A window that lies in padding alone would have neither a maximum nor a mean.
  const [[top, bottom], [left, right]] = params.padding
  if (Math.max(top, bottom) >= params.window[0] || Math.max(left, right) >= params.window[1]) {
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${name}: padding ${JSON.stringify(params.padding)} must be smaller than the window ${params.window.join('x')}.`,
    )
  }
  return { dtype, shape: [n!, ...slide(name, x!.shape, params.window, params), c!] }
}

export const maxPool2d: Primitive<'maxPool2d'> = {
  name: 'maxPool2d',
  infer: inferPooled,
  vjp: ({ inputs: [x], params, upstream }) => [() => apply(maxPool2dGradient, [x!, upstream], params)],
}

// Which element wins does not change in a neighbourhood of x, so nothing flows to x itself.
export const maxPool2dGradient: Primitive<'maxPool2dGradient'> = {
  name: 'maxPool2dGradient',
  infer: (inputs, _, name) => ({ dtype: checkDTypes(name, inputs, 'float'), shape: inputs[0]!.shape }),
  vjp: ({ inputs: [x], params, upstream }) => [null, () => apply(maxPool2dPick, [x!, upstream], params)],
}

export const maxPool2dPick: Primitive<'maxPool2dPick'> = {
  name: 'maxPool2dPick',
  infer: ([x], params) => inferPooled([x!], params, 'maxPool2d'),
  vjp: ({ inputs: [x], params, upstream }) => [null, () => apply(maxPool2dGradient, [x!, upstream], params)],
}

export const avgPool2d: Primitive<'avgPool2d'> = {
  name: 'avgPool2d',
  infer: inferPooled,
  vjp: ({ inputs: [x], params, upstream }) => [
    () => apply(avgPool2dGradient, [upstream], { ...params, inputShape: x!.shape }),
  ],
}

export const avgPool2dGradient: Primitive<'avgPool2dGradient'> = {
  name: 'avgPool2dGradient',
  infer: (inputs, { inputShape }, name) => ({ dtype: checkDTypes(name, inputs, 'float'), shape: inputShape }),
  vjp: ({ params: { window, strides, padding }, upstream }) => [
    () => apply(avgPool2d, [upstream], { window, strides, padding }),
  ],
}
