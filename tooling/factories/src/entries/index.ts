import '../backend.js'
import type { Entry } from '../factory.js'
import { dataOfAllKinds, toyData } from './data.js'
import { explaining, filing, searching } from './functions.js'
import { lossFunctions } from './losses.js'
import { initializersOfWeights, layersAndContainers } from './nn.js'
import { optimizersAndSchedules } from './optimizers.js'
import { backends, terminals, training } from './train.js'

export const ENTRIES: readonly Entry[] = [
  layersAndContainers,
  initializersOfWeights,
  lossFunctions,
  optimizersAndSchedules,
  dataOfAllKinds,
  toyData,
  training,
  terminals,
  explaining,
  searching,
  ...filing,
  ...backends,
]
