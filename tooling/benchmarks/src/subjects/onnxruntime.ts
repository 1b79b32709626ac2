import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend, tensor } from '@neurite/core'
import { toOnnx } from '@neurite/io/onnx'
import { activation, dense, sequential, type Layer } from '@neurite/nn'
import * as ort from 'onnxruntime-web'
import { NotOffered, sample, type Job, type Library } from '../harness/library.js'
import { serve } from '../harness/serve.js'
import { need, type Host, type Problem } from '../workloads/problem.js'
import type { Workload } from '../workloads/workload.js'
import { layerOf, paramsOf, type Upload } from './neurite.js'

// ONNX Runtime runs models, and trains none. Ours are written by @neurite/io.

ort.env.wasm.numThreads = 1
ort.env.logLevel = 'error'

setDefaultBackend(cpu())
const upload: Upload = ({ shape, data }) => tensor(data, { shape })

async function open(workload: Workload, problem: Problem): Promise<Job> {
  switch (workload.kind) {
    case 'training':
      throw new NotOffered('it computes no gradients')
    case 'chain':
      throw new NotOffered('its models come from files')
    case 'inference': {
      const params = paramsOf(workload.layers, problem, upload)
      return answer(workload.layers.map(layerOf), params, workload.inputShape, need(problem, 'x'))
    }
    case 'matmul': {
      // The second matrix is a constant of the model, which it packs beforehand.
      const params = [{ weight: upload(need(problem, 'b')) }]
      return answer([dense(workload.n, { useBias: false })], params, [workload.n], need(problem, 'a'))
    }
    case 'softmax':
      return answer([activation('softmax')], [{}], [workload.shape[1]], need(problem, 'x'))
  }
}

type Params = Parameters<typeof toOnnx>[1]

async function answer(
  layers: Layer[],
  params: Params,
  inputShape: readonly number[],
  { shape, data }: Host,
): Promise<Job> {
  const session = await ort.InferenceSession.create(await toOnnx(sequential(layers), params, { inputShape }))
  let output: ort.Tensor | undefined
  return {
    async run(count) {
      for (let i = 0; i < count; i++) {
        const input = new ort.Tensor('float32', data, shape)
        output = (await session.run({ input }))['output']
      }
    },
    values: () => sample(output!.data as Float32Array),
    close: () => session.release(),
  }
}

const library: Library = { version: `onnxruntime-web ${ort.env.versions.web}, engine wasm, one thread`, open }
await serve(() => library)
