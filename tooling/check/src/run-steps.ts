import type { Context, Step, StepResult } from './step.js'

/** What CI counts: each step is one. */
export interface Outcome {
  readonly passed: number
  readonly failed: number
  readonly steps: readonly { readonly name: string; readonly ok: boolean; readonly seconds: number }[]
}

/** Runs all steps, one after the other, also after a failure: one run shows everything that is wrong. */
export async function runSteps(
  steps: readonly Step[],
  context: Context,
  print: (text: string) => void,
): Promise<Outcome> {
  const done: { name: string; ok: boolean; seconds: number }[] = []
  for (const step of steps) {
    const start = performance.now()
    const { ok, output, note } = await runStep(step, context)
    const seconds = (performance.now() - start) / 1000
    done.push({ name: step.name, ok, seconds })
    const line = `${ok ? '✓' : '✗'} ${step.name.padEnd(11)} ${seconds.toFixed(1).padStart(5)} s  ${note ?? ''}`
    print(`${line.trimEnd()}\n`)
    if (!ok) print(`${output.trimEnd().replaceAll(/^/gm, '    ')}\n`)
  }
  const passed = done.filter(({ ok }) => ok).length
  return { passed, failed: done.length - passed, steps: done }
}

async function runStep(step: Step, context: Context): Promise<StepResult> {
  try {
    return await step.run(context)
  } catch (error) {
    return { ok: false, output: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
