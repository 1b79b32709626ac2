export { collapse } from './collapse.js'
export { activationCurve, activationThumbs, softmaxOf } from './compute.js'
