import { cpu } from '@neurite/backend-cpu'
import { tfjs } from '@neurite/backend-tfjs'
import { wasm } from '@neurite/backend-wasm'
import { collectTests, conformance, type CollectedTest } from '@neurite/conformance'
import type { Backend } from '@neurite/core'
import { env } from '@tensorflow/tfjs-core'
import { deviceLossTests } from './device-loss.js'
import type { BackendName, Order, Outcome, PageWindow, Start } from './protocol.js'

// The page's only script: the conformance suite, with the page as its runner.

declare const window: PageWindow

/** The device itself is to answer: tfjs computes small things in JavaScript otherwise, and all things here are small. */
function noForwarding(engine: string): void {
  if (engine === 'webgl' || engine === 'webgpu') env().set(`${engine.toUpperCase()}_CPU_FORWARD`, false)
}

async function create(name: BackendName): Promise<Backend> {
  const [family, engine] = name.split(':')
  if (family === 'wasm') return wasm({ threads: Number(engine ?? 1) })
  if (family !== 'tfjs' || engine === undefined) return cpu()
  const backend = await tfjs(engine, { wasmPaths: '/wasm/' })
  noForwarding(engine)
  return backend
}

let tests: readonly CollectedTest[] = []

window.startSuite = async ({ backend: name, seed, runs, only }: Order): Promise<Start> => {
  try {
    const { capabilities } = await create(name)
    const suite = collectTests((runner) => conformance({ name, create: () => create(name), runner, seed, runs }))
    tests = [...suite, ...deviceLossTests(name)].filter((test) => [...test.path, test.name].join(' ').includes(only))
    const { dtypes, syncRead, float32Precision, missing } = capabilities
    return {
      available: true,
      tests: tests.length,
      missing,
      capabilities: `${dtypes.join(', ')}; reads ${syncRead ? 'at once' : 'later'}; float${float32Precision}`,
    }
  } catch (error) {
    return { available: false, reason: error instanceof Error ? error.message : String(error) }
  }
}

window.runSuite = async () => {
  for (const { path, name, run } of tests) {
    const began = performance.now()
    const error = await run().then(
      () => undefined,
      (reason: unknown) => (reason instanceof Error ? reason.message : String(reason)),
    )
    const outcome: Outcome = {
      path,
      name,
      milliseconds: performance.now() - began,
      ...(error === undefined ? {} : { error }),
    }
    await window.reportOutcome(outcome)
  }
}
