export { playgroundFile } from './compute.js'
