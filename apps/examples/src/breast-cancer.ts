// Is a tumour malignant? 30 measures of cell nuclei, two classes: one output, and more to know than the accuracy.

import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'
import { labelEncoder, standardScaler, Table } from '@neurite/data'
import { breastCancer } from '@neurite/datasets'
import { binaryCrossEntropy } from '@neurite/losses'
import { dense, dropout, sequential } from '@neurite/nn'
import { adamw } from '@neurite/optimizers'
import { crossValidate } from '@neurite/search'
import { accuracy, precision, recall, rocAuc } from '@neurite/train'

setDefaultBackend(cpu())

const tumours = Table.fromColumns(breastCancer()).withTarget('diagnosis')
// Classes are numbered in alphabetical order: 0 is benign, 1 malignant.
const diagnosis = labelEncoder().fit(tumours.column('diagnosis'))
const data = { x: tumours.features, y: diagnosis.transform(tumours.column('diagnosis')) }

const model = sequential([dense(16, { activation: 'relu' }), dropout(0.2), dense(1)])

const { mean, standardDeviation } = await crossValidate(model, data, {
  folds: 5,
  stratify: data.y,
  prepare: ({ x }) => {
    const scaler = standardScaler().fit(x)
    return (part) => ({ ...part, x: scaler.transform(part.x) })
  },
  loss: binaryCrossEntropy({ fromLogits: true }),
  optimizer: adamw({ learningRate: 0.01, weightDecay: 0.01 }),
  epochs: 20,
  batchSize: 32,
  metrics: { accuracy, precision, recall, rocAuc },
})

console.log('malignant or benign, five folds')
for (const name of ['precision', 'recall', 'rocAuc'] as const)
  console.log(`${name}: ${mean[name].toFixed(3)} +- ${standardDeviation[name].toFixed(3)}`)
console.log(`test accuracy: ${mean.accuracy.toFixed(3)}`)
