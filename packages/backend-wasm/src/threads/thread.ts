/**
 * What a thread runs, as text: it is made from nothing but this, with no file that a bundler would have to find. It gets linear
 * memory and the module of kernels, says that it is ready, and from then on waits for jobs in memory, see `control.ts`. A program's
 * module lies in memory, too; what it shares calls nothing of JavaScript.
 */
export const THREAD = `
const port = typeof require === 'function' ? require('node:worker_threads').parentPort : self
const begin = ({ memory, module, control, words, index }) => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  const host = new Proxy({}, { get: () => () => { throw new Error('a thread has no functions of JavaScript') } })
  const load = (address, length, first, count) => {
    // Memory that another thread let grow is seen as it is now.
    memory.grow(0)
    const bytes = new Uint8Array(memory.buffer, address >>> 0, length).slice()
    const program = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory }, kernel: exports, host })
    for (let i = 0; i < count; i++) functions.set(first + i, program.exports['share' + i])
  }
  const forget = (first, count) => {
    for (let i = 0; i < count; i++) functions.delete(first + i)
  }
  const kernels = WebAssembly.Module.exports(module).map(({ name }) => exports[name])
  const functions = new Map([load, forget, ...kernels].entries())
  const view = new Int32Array(memory.buffer, control, words)
  port.postMessage('ready')
  for (let job = 0; ; ) {
    Atomics.wait(view, 0, job)
    job = Atomics.load(view, 0)
    const mine = 3 + 32 * index
    try {
      if (view[mine] >= 0) functions.get(view[mine])(...view.subarray(mine + 2, mine + 2 + view[mine + 1]))
    } catch {
      Atomics.store(view, 2, 1)
    }
    Atomics.sub(view, 1, 1)
    Atomics.notify(view, 1)
  }
}
if (port.on) port.on('message', begin)
else port.onmessage = ({ data }) => begin(data)
`
