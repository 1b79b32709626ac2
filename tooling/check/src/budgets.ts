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
    // The aim is 27. docs/decisions/0018 has what was tried and what would be next: kernels of convolution and pooling (1.9),
    // normal numbers (1.1) and activations that nobody named (0.7) come along, because a backend is whole, and initializers and
    // activations go by name. It was 29 before options had one reader and compiled calls a plan. tfjs-core with its cpu backend is 92.
    // 31.6 before programs ran in loops (scan and runMany, which a planned executor has: 1.2).
    // 30.5 before powers had the same bits in every engine (0.4) and surplus options, promises and frozen keys were refused (0.3).
    // 33.1 before erf and erfc had their digits everywhere: forty coefficients (0.6), here and in the four others that hold a backend.
    name: 'W1 trainer',
    limit: 33.8,
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
    // The same step, compiled elsewhere and loaded, on the families of kernels that it needs. The aim is 13; what is above it says why
    // a tensor is no number, and cannot be sent to a worker, and runs many steps in one call (1.0).
    name: 'W1 shipped',
    limit: 15.2,
    program: `
      import { loadProgram } from '@neurite/core'
      import { cpuOf, elementwise, matmul, movement, reductions } from '@neurite/backend-cpu/families'
      const { text, initial, x, y } = await (await fetch('w1.json')).json()
      const step = loadProgram(text, cpuOf({ ...elementwise, ...matmul, ...movement, ...reductions }))
      const floats = (numbers) => Float32Array.from(numbers)
      let params = initial.map(({ weight, bias }) => ({ weight: floats(weight), bias: floats(bias) }))
      let loss
      for (let i = 0; i < 100; i++) ({ params, loss } = step(params, {}, floats(x), floats(y)))
      console.log(await loss.item())
    `,
  },
  {
    // The same trainer on WebAssembly. The aim is 45. A backend is whole: kernels of convolution, pooling and ordering (4.5), float64 and
    // whole numbers in the compiler (2) come along. 58.5 before threads shared loops, pooling and filter gradients (1.8).
    name: 'W1 trainer on wasm',
    limit: 61.3,
    program: `
      import { compile, mean, square, sub, tensor, valueAndGrad } from '@neurite/core'
      import { wasm } from '@neurite/backend-wasm'
      import { dense, sequential } from '@neurite/nn'
      import { mse } from '@neurite/losses'
      import { applyUpdates, sgd } from '@neurite/optimizers'
      const backend = await wasm()
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
    // The same step, compiled to WebAssembly ahead of time. The aim is 12.
    name: 'W1 shipped on wasm',
    limit: 10.9,
    program: `
      import { loadProgram } from '@neurite/core'
      import { shipped } from '@neurite/backend-wasm/shipped'
      const { text, code, initial, x, y } = await (await fetch('w1.json')).json()
      const step = loadProgram(text, await shipped(code))
      const floats = (numbers) => Float32Array.from(numbers)
      let params = initial.map(({ weight, bias }) => ({ weight: floats(weight), bias: floats(bias) }))
      let loss
      for (let i = 0; i < 100; i++) ({ params, loss } = step(params, {}, floats(x), floats(y)))
      console.log(await loss.item())
    `,
  },
  {
    // The aim is 42. What a call of fit may need and this one does not: sources of batches (2.5), a validation share (1.5), the
    // explanation of a loss that is not finite (1.1), resuming (0.5), class weights (0.4). They are options of one function, so no
    // import tells whether they are used; import() inside made it worse: docs/decisions/0018. It was 45.8 before fit refused labels,
    // indices and outputs that cannot be meant (2.6) and a resumed run that is another one, took folds and groups, and heard a signal in validation. 51.4 before many steps went in
    // one call, with the state that it takes to replay one of them (4). 56.1 before rows that all weigh nothing were refused, and a loss that weighs classes had one mean (0.3), and
    // before what a checkpoint would not give back was refused when it is written (0.5).
    name: 'fit',
    limit: 57.8,
    program: `
      import { cpu } from '@neurite/backend-cpu'
      import { setDefaultBackend } from '@neurite/core'
      import { dense, sequential } from '@neurite/nn'
      import { mse } from '@neurite/losses'
      import { sgd } from '@neurite/optimizers'
      import { fit } from '@neurite/train'
      setDefaultBackend(cpu())
      const model = sequential([dense(8, { activation: 'tanh' }), dense(8, { activation: 'tanh' }), dense(1)])
      console.log(await fit(model, { x: [[0, 1]], y: [[1]] }, { loss: mse, optimizer: sgd({ learningRate: 0.1 }), epochs: 2 }))
    `,
  },
  {
    // A page that only predicts does not pay for gradients. The aim is 25.5: the same three things stand in its way as in W1's.
    name: 'predict only',
    limit: 30.3,
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
  { name: 'losses', limit: 2.7, external: core, program: "export * from '@neurite/losses'" },
  { name: 'backend-cpu', limit: 8.7, external: core, program: "export * from '@neurite/backend-cpu'" },
  // The aim is 5; 5.5 before an optimizer could be made again from its config, as a worker does; 5.2 before optimizers told a checkpoint their options. Tried, each for less than 15 bytes or none: one maker of frozen optimizers, one walk over slots, shorter masks.
  { name: 'optimizers', limit: 6.2, external: core, program: "export * from '@neurite/optimizers'" },
  { name: 'worker, the channel', limit: 5, external: core, program: "export * from '@neurite/worker'" },
  {
    // 10 before encoders and imputers took several columns, and imputers text; a scaler alone became smaller. 0.4 of it are the lines
    // that import readers from core: esbuild keeps one for each file, where the package's own readers were counted before. 0.1 of it
    // are labels that are read without tables and matrices, by which a program with fit lost 1.8. 11.8 before scalers took columns of any unit,
    // and tables refused what they would have lost.
    name: 'data without CSV',
    limit: 12.4,
    external: core,
    program: `export {
      batches, batchIndices, columnTransformer, FeatureMatrix, imputer, kFold, labelEncoder, maxAbsScaler, minMaxScaler,
      normalizer, oneHotEncoder, ordinalEncoder, outlierClipper, pipeline, polynomialFeatures, robustScaler, standardScaler,
      Table, takeRows, timeSeriesSplit, trainTestSplit, transformerFromJSON,
    } from '@neurite/data'`,
  },
  {
    // Was 9: a checksum over every file, names for other kinds of files, handles and streams (docs/decisions/0013). 10.1 before the work of
    // loading was bounded, sources heard a signal, and models gave probabilities. 12.1 before what is written was read back.
    name: 'io, save and load',
    limit: 12.6,
    external: beside,
    program: "export { loadModel, saveModel } from '@neurite/io'",
  },
]
