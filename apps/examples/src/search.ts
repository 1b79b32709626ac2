// How wide a network, and which learning rate? Nine points of a grid, three at a time, each in a thread of its own.

import { Worker } from 'node:worker_threads'
import { gridSearch, workerPool } from '@neurite/search'
import { accuracy, evaluate, fit } from '@neurite/train'
import { data, loss, modelOf, trainingOf } from './search-objective.js'

const pool = workerPool(() => new Worker(new URL('./search-worker.mjs', import.meta.url)), { workers: 3 })
const space = { units: [2, 8, 32], learningRate: [0.001, 0.01, 0.1] }
const { best, leaderboard } = await gridSearch(space, pool.objective, { concurrency: pool.workers }).finally(pool.close)

// The same lines in the same order, however many workers there are and whoever is done first.
console.log('units  learning rate  loss')
for (const { point, value } of leaderboard)
  console.log(`${String(point.units).padStart(5)}  ${String(point.learningRate).padStart(13)}  ${value?.toFixed(4)}`)

// The best once more on all training rows, and tested on rows that the search never saw.
const { point } = best!
const model = modelOf(point)
const { params } = await fit(model, data.train, { ...trainingOf(point), seed: 0 })
const report = await evaluate(model, params, data.test, { loss, metrics: { accuracy } })
console.log(`\ntest accuracy: ${report.accuracy.toFixed(3)}`)
