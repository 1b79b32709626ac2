// Which of three growers made a wine? 13 results of a chemical analysis, on scales from 0.1 to 1700: with a scaler, and without.

import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'
import { labelEncoder, standardScaler, Table } from '@neurite/data'
import { wine } from '@neurite/datasets'
import { sparseCrossEntropy } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { adam } from '@neurite/optimizers'
import { crossValidate, type CrossValidateOptions } from '@neurite/search'
import { accuracy, diagnose } from '@neurite/train'

setDefaultBackend(cpu())

const wines = Table.fromColumns(wine()).withTarget('cultivar')
const growers = labelEncoder().fit(wines.column('cultivar'))
const data = { x: wines.features, y: growers.transform(wines.column('cultivar')) }

const model = sequential([dense(16, { activation: 'tanh' }), dense(3)])
const loss = sparseCrossEntropy({ fromLogits: true })

// What is likely to spoil the training can be asked before it.
for (const { message } of await diagnose(model, data, { loss })) console.log(message)

const options: CrossValidateOptions<{ accuracy: typeof accuracy }> = {
  folds: 5,
  stratify: data.y,
  loss,
  optimizer: adam({ learningRate: 0.01 }),
  epochs: 40,
  batchSize: 16,
  metrics: { accuracy },
}
const unscaled = await crossValidate(model, data, options)
const scaled = await crossValidate(model, data, {
  ...options,
  prepare: ({ x }) => {
    const scaler = standardScaler().fit(x)
    return (part) => ({ ...part, x: scaler.transform(part.x) })
  },
})

console.log(`\nwithout scaling: ${unscaled.mean.accuracy.toFixed(3)}`)
console.log(`accuracy of each fold: ${scaled.values.accuracy.map((a) => a.toFixed(3)).join(' ')}`)
console.log(`test accuracy: ${scaled.mean.accuracy.toFixed(3)}`)
