import peaks from '../../assembly/peaks.wasm'
import { serve } from '../harness/serve.js'
import { costOf } from '../workloads/cost.js'

// The roofline's flat part: as many multiplications and additions as a workload needs, in registers.

const { exports } = new WebAssembly.Instance(new WebAssembly.Module(peaks), {
  env: { memory: new WebAssembly.Memory({ initial: 0 }) },
})
const mulAdd = exports['mulAdd'] as (turns: number) => number
const { value: operations } = exports['OPERATIONS'] as WebAssembly.Global<'i32'>

/** Turns of one call: a count must fit into an int32. */
const MOST = 2 ** 30

await serve(() => ({
  version: 'multiplications and additions in WASM SIMD, on one core',
  open(workload) {
    const { flops } = costOf(workload)
    return {
      run(count) {
        for (let turns = Math.ceil((count * flops) / operations); turns > 0; turns -= MOST)
          mulAdd(Math.min(turns, MOST))
      },
      values: () => [],
      close: () => undefined,
    }
  },
}))
