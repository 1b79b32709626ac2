import { formatShape, isFloating, NeuriteError, sameShape, type Tensor } from '@neurite/core'
import { aTensor } from '@neurite/core/arguments'

/** Prediction and target are tensors, and the prediction is of a dtype that has gradients. */
export function checkTensors(kind: string, prediction: Tensor, target: Tensor): void {
  aTensor(kind, 'prediction', prediction)
  aTensor(kind, 'target', target)
  if (!isFloating(prediction.dtype)) {
    throw new NeuriteError(
      'DTYPE_MISMATCH',
      `${kind}: prediction must be float32 or float64, got ${prediction.dtype}.`,
      { dtype: prediction.dtype },
    )
  }
}

/**
 * Refuses anything but equal shapes. [n, 1] against [n] would broadcast to [n, n] and train on nonsense without a word.
 */
export function checkPair(kind: string, prediction: Tensor, target: Tensor): void {
  checkTensors(kind, prediction, target)
  const shape = formatShape(prediction.shape)
  if (!sameShape(prediction.shape, target.shape)) {
    const way =
      prediction.size === target.size ? `reshape one: reshape(target, ${shape})` : 'each prediction needs its target'
    throw new NeuriteError(
      'SHAPE_MISMATCH',
      `${kind}: prediction has shape ${shape}, target ${formatShape(target.shape)}; ${way}.`,
      { prediction: prediction.shape, target: target.shape },
    )
  }
  if (prediction.dtype !== target.dtype) {
    throw new NeuriteError(
      'DTYPE_MISMATCH',
      `${kind}: prediction is ${prediction.dtype}, target ${target.dtype}; use cast(target, '${prediction.dtype}').`,
      { prediction: prediction.dtype, target: target.dtype },
    )
  }
}

/** As {@link checkPair}, for rows of classes: there is a last axis. */
export function checkClasses(kind: string, prediction: Tensor, target: Tensor): void {
  checkTensors(kind, prediction, target)
  const { shape } = prediction
  const way = sameShape(target.shape, shape.slice(0, -1))
    ? '; for class indices use sparseCrossEntropy, or oneHot(target, ...)'
    : ''
  if (shape.length === 0 || way !== '') {
    throw new NeuriteError(
      'SHAPE_MISMATCH',
      `${kind}: prediction and target need a last axis of classes, got shapes ${formatShape(shape)} and ${formatShape(target.shape)}${way}.`,
      { prediction: shape, target: target.shape },
    )
  }
  checkPair(kind, prediction, target)
}
