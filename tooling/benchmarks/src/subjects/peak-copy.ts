import peaks from '../../assembly/peaks.wasm'
import { serve } from '../harness/serve.js'
import { costOf } from '../workloads/cost.js'

// The roofline's slope: as many bytes as a workload must touch, one half of them copied to the other. So they lie in the cache, or in the memory, in which the
// workload's lie.

const PAGE = 65536
const BEGIN = 1024

const memory = new WebAssembly.Memory({ initial: 1 })
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(peaks), { env: { memory } })
const copy = exports['copy'] as (to: number, from: number, bytes: number, count: number) => void

await serve(() => ({
  version: 'memory.copy, on one core',
  open(workload) {
    const half = Math.ceil(costOf(workload).bytes / 2)
    const second = BEGIN + Math.ceil(half / 64) * 64
    const missing = Math.ceil((second + half - memory.buffer.byteLength) / PAGE)
    if (missing > 0) memory.grow(missing)
    // What was never written to is no memory yet.
    new Uint8Array(memory.buffer).fill(1)
    return {
      run: (count) => copy(second, BEGIN, half, count),
      values: () => [],
      close: () => undefined,
    }
  },
}))
