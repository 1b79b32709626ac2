/**
 * What a thread runs, as text: it is made from nothing but this, with no file that a bundler would have to find. It gets linear
 * memory and the module of kernels, says that it is ready, and from then on waits for jobs in memory, see `control.ts`.
 */
export const THREAD = `
const port = typeof require === 'function' ? require('node:worker_threads').parentPort : self
const begin = ({ memory, module, control, words, index }) => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  const kernels = WebAssembly.Module.exports(module).map(({ name }) => exports[name])
  const view = new Int32Array(memory.buffer, control, words)
  port.postMessage('ready')
  for (let job = 0; ; ) {
    Atomics.wait(view, 0, job)
    job = Atomics.load(view, 0)
    const mine = 3 + 32 * index
    try {
      if (view[mine] >= 0) kernels[view[mine]](...view.subarray(mine + 2, mine + 2 + view[mine + 1]))
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
