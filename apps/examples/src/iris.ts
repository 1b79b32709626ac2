// Which of three species is an iris? Four lengths, 150 flowers, one small network, tested on flowers it has not seen.

import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'
import { labelEncoder, standardScaler, Table } from '@neurite/data'
import { iris } from '@neurite/datasets'
import { sparseCrossEntropy } from '@neurite/losses'
import { dense, sequential, summary } from '@neurite/nn'
import { adam } from '@neurite/optimizers'
import { crossValidate } from '@neurite/search'
import { accuracy } from '@neurite/train'

setDefaultBackend(cpu())

const flowers = Table.fromColumns(iris()).withTarget('species')
const species = labelEncoder().fit(flowers.column('species'))
const data = { x: flowers.features, y: species.transform(flowers.column('species')) }

const model = sequential([dense(16, { activation: 'tanh' }), dense(3)])
console.log(String(summary(model, [4])))

// Five networks, each tested on the fifth of the flowers that the other four fifths did not show it.
const { values, mean } = await crossValidate(model, data, {
  folds: 5,
  stratify: data.y,
  // The scaler, too, learns from the training flowers of its fold only.
  prepare: ({ x }) => {
    const scaler = standardScaler().fit(x)
    return (part) => ({ ...part, x: scaler.transform(part.x) })
  },
  loss: sparseCrossEntropy({ fromLogits: true }),
  optimizer: adam({ learningRate: 0.01 }),
  epochs: 40,
  batchSize: 16,
  metrics: { accuracy },
  seed: 0,
})

console.log(`\naccuracy of each fold: ${values.accuracy.map((a) => a.toFixed(3)).join(' ')}`)
console.log(`test accuracy: ${mean.accuracy.toFixed(3)}`)
