import type { Job, Library } from '../harness/library.js'
import { serve } from '../harness/serve.js'
import { need, type Problem } from '../workloads/problem.js'
import type { Training, Workload } from '../workloads/workload.js'
import { plain } from './plain-loops.js'
import { isTiny } from './tiny.js'

// The floor for JavaScript: W1 as a programmer would write it for this one network, with every size a constant and nothing allocated; the other
// workloads as plain loops.

const BATCH = 10
const INPUTS = 2
const HIDDEN = 8

function open(workload: Workload, problem: Problem): Job {
  return isTiny(workload) && workload.batch === BATCH ? tiny(workload, problem) : plain(workload, problem)
}

function tiny(workload: Training, problem: Problem): Job {
  const rate = workload.optimizer.learningRate
  const copy = (name: string): Float64Array => Float64Array.from(need(problem, name).data)
  const x = copy('x')
  const y = copy('y')
  const w1 = copy('0.weight')
  const b1 = copy('0.bias')
  const w2 = copy('1.weight')
  const b2 = copy('1.bias')
  const w3 = copy('2.weight')
  const b3 = copy('2.bias')
  const gw1 = new Float64Array(w1.length)
  const gb1 = new Float64Array(b1.length)
  const gw2 = new Float64Array(w2.length)
  const gb2 = new Float64Array(b2.length)
  const gw3 = new Float64Array(w3.length)
  const h1 = new Float64Array(HIDDEN)
  const h2 = new Float64Array(HIDDEN)
  const d2 = new Float64Array(HIDDEN)
  let loss = 0

  const step = (): void => {
    gw1.fill(0)
    gb1.fill(0)
    gw2.fill(0)
    gb2.fill(0)
    gw3.fill(0)
    let gb3 = 0
    loss = 0
    for (let n = 0; n < BATCH; n++) {
      const x0 = x[n * INPUTS]!
      const x1 = x[n * INPUTS + 1]!
      for (let j = 0; j < HIDDEN; j++) h1[j] = Math.tanh(x0 * w1[j]! + x1 * w1[HIDDEN + j]! + b1[j]!)
      let out = b3[0]!
      for (let j = 0; j < HIDDEN; j++) {
        let sum = b2[j]!
        for (let i = 0; i < HIDDEN; i++) sum += h1[i]! * w2[i * HIDDEN + j]!
        const h = Math.tanh(sum)
        h2[j] = h
        out += h * w3[j]!
      }
      const error = out - y[n]!
      loss += error * error
      const d = (2 / BATCH) * error
      gb3 += d
      for (let j = 0; j < HIDDEN; j++) {
        const h = h2[j]!
        gw3[j]! += d * h
        const dj = d * w3[j]! * (1 - h * h)
        d2[j] = dj
        gb2[j]! += dj
      }
      for (let i = 0; i < HIDDEN; i++) {
        const h = h1[i]!
        let sum = 0
        for (let j = 0; j < HIDDEN; j++) {
          const dj = d2[j]!
          gw2[i * HIDDEN + j]! += h * dj
          sum += w2[i * HIDDEN + j]! * dj
        }
        const di = sum * (1 - h * h)
        gw1[i]! += x0 * di
        gw1[HIDDEN + i]! += x1 * di
        gb1[i]! += di
      }
    }
    loss /= BATCH
    for (let i = 0; i < w1.length; i++) w1[i]! -= rate * gw1[i]!
    for (let i = 0; i < w2.length; i++) w2[i]! -= rate * gw2[i]!
    for (let i = 0; i < HIDDEN; i++) {
      b1[i]! -= rate * gb1[i]!
      b2[i]! -= rate * gb2[i]!
      w3[i]! -= rate * gw3[i]!
    }
    b3[0]! -= rate * gb3
  }

  return {
    run(count) {
      for (let i = 0; i < count; i++) step()
    },
    values: () => [loss],
    close: () => undefined,
  }
}

const library: Library = { version: 'plain JavaScript, by hand', open }
await serve(() => library)
