export interface Budget {
  readonly name: string
  /** What a user would write. */
  readonly program: string
  /** Thousands of bytes, minified and gzipped. Raise one only with a reason, here, beside it. */
  readonly limit: number
  /** Packages that are left out, because another budget holds them. */
  readonly external?: readonly string[]
}

const core = ['@neurite/core']
const beside = [...core, '@neurite/nn', '@neurite/data']

export const BUDGETS: readonly Budget[] = [
  {
    // The aim of the design is 15; docs/decisions/0009 says what stands in the way. tfjs-core with its cpu backend is 92.
    name: 'W1 trainer',
    limit: 29,
    program: `
      import { compile, mean, square, sub, tensor, valueAndGrad } from '@neurite/core'
      import { cpu } from '@neurite/backend-cpu'
      import { dense, sequential } from '@neurite/nn'
      import { mse } from '@neurite/losses'
      import { applyUpdates, sgd } from '@neurite/optimizers'
      const backend = cpu()
      const model = sequential([dense(8, { activation: 'tanh' }), dense(8, { activation: 'tanh' }), dense(1)])
      const optimizer = sgd({ learningRate: 0.1 })
      let { params } = model.init({ inputShape: [2], seed: 0, backend })
      let state = optimizer.init(params)
      const step = compile((p, s, x, y) => {
        const [loss, grads] = valueAndGrad((q) => mse(model.apply(q, x), y))(p)
        const [updates, next] = optimizer.update(grads, s, p)
        return { params: applyUpdates(p, updates), state: next, loss }
      }, { donate: [0, 1] })
      console.log(step(params, state, tensor([[0, 1]], { backend }), tensor([[1]], { backend })))
    `,
  },
  {
    // A page that only predicts does not pay for gradients.
    name: 'predict only',
    limit: 25.5,
    program: `
      import { compile, tensor } from '@neurite/core'
      import { cpu } from '@neurite/backend-cpu'
      import { dense, sequential } from '@neurite/nn'
      const backend = cpu()
      const model = sequential([dense(8, { activation: 'tanh' }), dense(1)])
      const { params } = model.init({ inputShape: [2], seed: 0, backend })
      console.log(compile((p, x) => model.apply(p, x))(params, tensor([[0, 1]], { backend })))
    `,
  },
  // Whole packages, beside core: what an import of everything costs.
  { name: 'losses', limit: 3, external: core, program: "export * from '@neurite/losses'" },
  { name: 'backend-cpu', limit: 8.8, external: core, program: "export * from '@neurite/backend-cpu'" },
  { name: 'optimizers', limit: 5, external: core, program: "export * from '@neurite/optimizers'" },
  {
    // 10 before encoders and imputers took several columns, and imputers text; a scaler alone became smaller. 0.4 of it are the lines
    // that import readers from core: esbuild keeps one for each file, where the package's own readers were counted before.
    name: 'data without CSV',
    limit: 11.3,
    external: core,
    program: `export {
      batches, batchIndices, columnTransformer, FeatureMatrix, imputer, kFold, labelEncoder, maxAbsScaler, minMaxScaler,
      normalizer, oneHotEncoder, ordinalEncoder, outlierClipper, pipeline, polynomialFeatures, robustScaler, standardScaler,
      Table, takeRows, timeSeriesSplit, trainTestSplit, transformerFromJSON,
    } from '@neurite/data'`,
  },
  {
    // Was 9: a checksum over every file, names for other kinds of files, handles and streams (docs/decisions/0013).
    name: 'io, save and load',
    limit: 10.2,
    external: beside,
    program: "export { loadModel, saveModel } from '@neurite/io'",
  },
]
