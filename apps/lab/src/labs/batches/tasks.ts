export { costOf, traceBatches } from './compute.js'
