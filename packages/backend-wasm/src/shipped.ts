export { shipped } from './shipped/shipped.js'
