import { hrefOf } from '../../app/route.js'
import { language } from '../../i18n/language.js'
import { hidden, layersField } from '../playground/layers.js'
import type { LossName } from '../playground/spec.js'
import type { DataName } from './data.js'
import type { TrialPoint } from './objective.js'

const DATA: Readonly<Record<DataName, string>> = { moons: 'moons', circles: 'circle', spirals: 'spiral' }

// The playground has no focal loss: it opens with the nearest.
const nearestLoss = (name: TrialPoint['loss']): LossName => (name === 'focal' ? 'binaryCrossEntropy' : name)

/** The playground with the network and the choices of a trial; its data are drawn anew there, with sliders of their own. */
export function playgroundHref(point: TrialPoint): string {
  const { depth, units, activation, dropout } = point
  const layers = Array.from({ length: depth }, () => hidden(units, { activation, dropout }))
  const query = new URLSearchParams({
    v: '1',
    data: DATA[point.data],
    net: layersField([]).format(layers),
    loss: nearestLoss(point.loss),
    opt: point.optimizer,
    rate: String(point.learningRate),
    batch: String(point.batchSize),
  })
  return hrefOf({ language: language.value, lab: 'playground', query })
}
