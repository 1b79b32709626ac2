export { approximation } from './compute.js'
