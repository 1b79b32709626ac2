export { landscape, race } from './compute.js'
