// A network alone is no model: its file also keeps the scaler and the names of the classes, so that later a raw flower is enough.

import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'
import { labelEncoder, standardScaler, Table, trainTestSplit } from '@neurite/data'
import { iris } from '@neurite/datasets'
import { loadModel, saveModel } from '@neurite/io'
import { sparseCrossEntropy } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { adam } from '@neurite/optimizers'
import { fit } from '@neurite/train'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

setDefaultBackend(cpu())

const { train, test } = trainTestSplit(Table.fromColumns(iris()), { test: 0.2, stratify: 'species', seed: 0 })
const preprocessing = standardScaler().fit(train.features)
const target = labelEncoder().fit(train.column('species'))
const model = sequential([dense(16, { activation: 'tanh' }), dense(3)])
const { params } = await fit(
  model,
  { x: preprocessing.transform(train.features), y: target.transform(train.column('species')) },
  {
    loss: sparseCrossEntropy({ fromLogits: true }),
    optimizer: adam({ learningRate: 0.01 }),
    epochs: 40,
    batchSize: 16,
  },
)

const folder = await mkdtemp(join(tmpdir(), 'neurite-'))
const path = join(folder, 'iris.safetensors')
await saveModel(path, { model, params, preprocessing, target, examples: train })

// Another day, another program: only the file is needed.
const loaded = await loadModel(path)
await rm(folder, { recursive: true })
console.log(`it tells apart: ${loaded.labels?.join(', ')}`)

// Columns are found by their names, in any order.
const flower = { petal_width_cm: 1.8, petal_length_cm: 5.1, sepal_width_cm: 3, sepal_length_cm: 6.3 }
console.log(JSON.stringify(flower), 'is', await loaded.predict(flower))

const guesses = await loaded.predict(test)
const right = guesses.filter((guess, i) => guess === test.column('species')[i]).length
console.log(`test accuracy: ${(right / guesses.length).toFixed(3)}`)
