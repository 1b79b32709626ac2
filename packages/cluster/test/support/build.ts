import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

/** Programs of the tests, bundled once: a process starts faster than from source. */
export async function buildPrograms(): Promise<{
  readonly path: (name: string) => string
  readonly remove: () => void
}> {
  const folder = mkdtempSync(join(tmpdir(), 'neurite-cluster-'))
  const here = import.meta.dirname
  const packages = resolve(here, '../..')
  // Dependencies stay what is installed.
  symlinkSync(join(packages, 'node_modules'), join(folder, 'node_modules'))
  await build({
    entryPoints: {
      worker: join(here, 'worker-main.ts'),
      objectives: join(here, 'objectives.ts'),
      thread: join(packages, 'src/thread.ts'),
      command: join(packages, 'src/bin.ts'),
    },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@neurite/source'],
    external: [
      'bullmq',
      'pg',
      'ioredis',
      '@aws-sdk/*',
      'commander',
      'cli-table3',
      'd3-scale',
      'd3-shape',
      '@bull-board/*',
    ],
    absWorkingDir: packages,
    logLevel: 'error',
  })
  return { path: (name) => join(folder, `${name}.js`), remove: () => rmSync(folder, { recursive: true, force: true }) }
}
