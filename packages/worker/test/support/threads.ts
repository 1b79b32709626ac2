import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect } from 'vitest'

/**
 * Threads run JavaScript: what a user's build would make of the modules, from source. After the tests, each thread must have ended.
 *
 * @returns starts a thread of the module of that name
 */
export function threads(folder: string, ...names: readonly string[]): (name?: string) => Worker {
  let out: string
  const started: { worker: Worker; exit: Promise<unknown> }[] = []
  beforeAll(async () => {
    out = mkdtempSync(join(tmpdir(), 'neurite-worker-'))
    await build({
      entryPoints: names.map((name) => join(folder, `${name}.ts`)),
      outdir: out,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      format: 'esm',
      platform: 'node',
      conditions: ['@neurite/source'],
    })
  })
  afterAll(async () => {
    rmSync(out, { recursive: true })
    expect(started.length).toBeGreaterThan(0)
    // It ends a moment after it was told to.
    await Promise.all(started.map(({ exit }) => exit))
  })
  return (name = names[0]!) => {
    const worker = new Worker(join(out, `${name}.mjs`), { stdout: true, stderr: true })
    started.push({ worker, exit: new Promise((resolve) => worker.on('exit', resolve)) })
    return worker
  }
}

/** What a promise was rejected with. */
export async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (reason) {
    return reason
  }
  return expect.fail('nothing was thrown')
}
