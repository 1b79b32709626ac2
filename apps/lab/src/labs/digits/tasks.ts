export { digitRows } from './compute.js'
