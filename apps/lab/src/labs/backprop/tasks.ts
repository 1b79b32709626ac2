export { backprop, measureStep } from './compute.js'
