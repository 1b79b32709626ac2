import floor from '../../assembly/floor.wasm'
import { NotOffered, type Job, type Library } from '../harness/library.js'
import { serve } from '../harness/serve.js'
import { need, type Problem } from '../workloads/problem.js'
import type { Workload } from '../workloads/workload.js'
import { isTiny } from './tiny.js'

// The floor for WebAssembly: W1 as one function with SIMD, written by hand (assembly/floor.ts).

interface Floor {
  /** One step of batch 10, and its loss. */
  step(): number
  steps(count: number): number
  stepsOf(batch: number, count: number): number
}

/** Where each array begins, in bytes. */
const PLACES = {
  x: 'X',
  y: 'Y',
  '0.weight': 'W1',
  '0.bias': 'B1',
  '1.weight': 'W2',
  '1.bias': 'B2',
  '2.weight': 'W3',
  '2.bias': 'B3',
}
const BATCH = 10

const memory = new WebAssembly.Memory({ initial: 16 })
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(floor), { env: { memory } })
const { step, steps, stepsOf } = exports as object as Floor

function open(workload: Workload, problem: Problem): Job {
  if (!isTiny(workload) || workload.optimizer.learningRate !== 0.1 || workload.batch % 5 !== 0)
    throw new NotOffered('only W1 is written by hand')
  const { batch, inOneCall } = workload
  for (const [name, place] of Object.entries(PLACES)) {
    const { value: address } = exports[place] as WebAssembly.Global<'i32'>
    new Float32Array(memory.buffer, address).set(need(problem, name).data)
  }
  let loss = NaN
  return {
    run(count) {
      if (batch !== BATCH) loss = stepsOf(batch, count)
      else if (inOneCall === true) loss = steps(count)
      else for (let i = 0; i < count; i++) loss = step()
    },
    values: () => [loss],
    close: () => undefined,
  }
}

const library: Library = { version: 'WebAssembly with SIMD, by hand', open }
await serve(() => library)
