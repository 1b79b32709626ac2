export { broadcastShapes, broadcastsTo, checkShape, formatShape, sameShape, sizeOf, stridesOf } from './shape.js'
export { normalizeAxes, normalizeAxis, reducedShape } from './axes.js'
export { pairOf, resolvePadding, windowedExtent, type Padding, type Padding2d } from './window.js'
