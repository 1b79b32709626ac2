export { descend, losses } from './compute.js'
export { fits } from './fits.js'
