export { descents, scaled } from './compute.js'
export { scaledList } from './list.js'
