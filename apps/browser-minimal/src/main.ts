import { cpu } from '@neurite/backend-cpu'
import { tfjs } from '@neurite/backend-tfjs'
import { wasm } from '@neurite/backend-wasm'
import { disposeTree, firstAvailable, type Backend } from '@neurite/core'
import { moons } from '@neurite/datasets'
import { binaryCrossEntropy } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { adam } from '@neurite/optimizers'
import { accuracy, fit } from '@neurite/train'
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url'
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url'
import { element, enable, form, showRefused, showRun, showStatus } from './page.js'
import { drawBoundary } from './picture.js'

const wasmPaths = {
  'tfjs-backend-wasm.wasm': plain,
  'tfjs-backend-wasm-simd.wasm': simd,
  'tfjs-backend-wasm-threaded-simd.wasm': threaded,
}

/** The only place that knows what runs where. Engines are loaded when they are asked for. */
const BACKENDS: Readonly<Record<string, () => Backend | Promise<Backend>>> = {
  'tfjs:webgpu': () => tfjs('webgpu'),
  'tfjs:webgl': () => tfjs('webgl'),
  'tfjs:wasm': () => tfjs('wasm', { wasmPaths }),
  wasm: () => wasm(),
  cpu,
}

async function train(choice: string, signal: AbortSignal): Promise<void> {
  const wanted = choice === 'auto' ? Object.keys(BACKENDS) : [choice]
  const { backend, refused } = await firstAvailable(wanted.map((name) => BACKENDS[name]!))
  showRefused(refused.map(({ index, reason }) => `${wanted[index]}: ${reason}`))

  const points = moons({ points: 200, noise: 0.1, seed: 1 })
  const model = sequential([dense(16, { activation: 'tanh' }), dense(16, { activation: 'tanh' }), dense(1)])
  const epochs = 60
  const start = performance.now()
  const { history, ...trained } = await fit(model, points, {
    loss: binaryCrossEntropy({ fromLogits: true }),
    optimizer: adam({ learningRate: 0.03 }),
    epochs,
    batchSize: 'full',
    metrics: { accuracy },
    seed: 7,
    backend,
    signal,
    callbacks: [
      {
        name: 'picture',
        async onEpochEnd({ epoch, values }, { params, state }) {
          showStatus(`${backend.name}: epoch ${epoch + 1} of ${epochs}`)
          if (epoch % 4 !== 3) return
          await drawBoundary(model, params, state, points, backend)
          const right = `${Math.round(100 * values['accuracy']!)}%`
          element('picture').setAttribute(
            'aria-label',
            `Two half moons, and the boundary that tells ${right} of them apart`,
          )
        },
      },
    ],
  })
  showRun(backend.name, history, performance.now() - start)
  showStatus(`${backend.name}: ${trained.stoppedBy === 'signal' ? 'stopped' : 'done'}`)
  disposeTree([trained.params, trained.state, trained.optimizerState])
  backend.dispose()
}

let running = new AbortController()
element('stop').addEventListener('click', () => running.abort())
form().addEventListener('submit', (event) => {
  event.preventDefault()
  if (form().dataset['running'] !== undefined) return
  running = new AbortController()
  form().dataset['running'] = 'yes'
  enable('train', false)
  enable('stop', true)
  const choice = new FormData(form()).get('backend')
  train(typeof choice === 'string' ? choice : 'cpu', running.signal)
    .catch((error: unknown) => showStatus(error instanceof Error ? error.message : String(error)))
    .finally(() => {
      delete form().dataset['running']
      enable('train', true)
      enable('stop', false)
    })
})
enable('train', true)
showStatus('Ready.')
