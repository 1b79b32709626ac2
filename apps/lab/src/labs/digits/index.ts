import type { Lab } from '../lab.js'
import { state } from './state.js'
import { View } from './view.jsx'

const lab: Lab = { state, View }

export default lab
