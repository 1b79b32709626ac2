import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { build } from 'esbuild'

const HTML =
  '<!doctype html><meta charset="utf-8"><title>Conformance</title><script type="module" src="/page.js"></script>\n'

/** Bundles the page from source, with the binaries of tfjs-wasm beside it, and returns the folder. */
export async function buildPage(): Promise<string> {
  const folder = resolve(import.meta.dirname, '../dist')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'wasm'), { recursive: true })
  await build({
    entryPoints: [resolve(import.meta.dirname, 'page.ts')],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['@neurite/source'],
    mainFields: ['module', 'main'],
    // tfjs-core and tfjs-wasm ask for these in Node alone.
    external: ['node-fetch', 'fs', 'path', 'os', 'worker_threads', 'perf_hooks', 'util', 'crypto', 'string_decoder'],
    logLevel: 'error',
  })
  const binaries = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json'))
  for (const name of readdirSync(join(binaries, 'dist'))) {
    if (name.endsWith('.wasm')) cpSync(join(binaries, 'dist', name), join(folder, 'wasm', name))
  }
  writeFileSync(join(folder, 'index.html'), HTML)
  return folder
}
