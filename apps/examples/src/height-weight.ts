// The chapter's example of section 4.3.1: heights in cm are two to three times the weights in kg. How many iterations of
// gradient descent does a linear model need to predict a body's surface, with the numbers as they are and with scaled ones?

import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'
import { minMaxScaler, standardScaler, Table, type FeatureMatrix } from '@neurite/data'
import { heightWeight } from '@neurite/datasets'
import { mse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { zeros } from '@neurite/nn/initializers'
import { gradientDescent } from '@neurite/optimizers'
import { fit } from '@neurite/train'

setDefaultBackend(cpu())

const people = Table.fromColumns(heightWeight({ people: 100, seed: 0 })).withTarget('surface_m2')
const y = people.toMatrix(['surface_m2'])
const model = sequential([dense(1, { weightInitializer: zeros })])

/** The iterations until the mean squared error is below 1e-4 m4. */
async function iterations(x: FeatureMatrix, learningRate: number): Promise<string> {
  const reached = new AbortController()
  try {
    const { iterations, stoppedBy } = await fit(
      model,
      { x, y },
      {
        loss: mse,
        optimizer: gradientDescent({ learningRate }),
        epochs: 5000,
        batchSize: 'full',
        dtype: 'float64',
        signal: reached.signal,
        onIteration: ({ loss }) => {
          if (loss < 1e-4) reached.abort()
        },
      },
    )
    return stoppedBy === 'signal' ? `${iterations}` : 'not in 5000'
  } catch (error) {
    // A step too large overshoots further each time until the loss is not a number any more; fit stops there.
    if (error instanceof Error && 'code' in error && error.code === 'NON_FINITE') return 'diverges'
    throw error
  }
}

console.log('features                learning rate  iterations')
for (const [name, x, rates] of [
  ['as they are', people.features, [1e-5, 2e-5, 4e-5]],
  ['minimum and maximum', minMaxScaler().fitTransform(people.features), [0.1, 0.5, 1]],
  ['z-score', standardScaler().fitTransform(people.features), [0.1, 0.5, 1]],
] as const)
  for (const rate of rates) console.log(`${name.padEnd(24)}${String(rate).padEnd(15)}${await iterations(x, rate)}`)
