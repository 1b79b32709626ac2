import { build } from 'esbuild'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { Subject } from '../subjects/index.js'
import { assembly } from './assembly.js'
import type { Command } from './client.js'

const HERE = resolve(import.meta.dirname, '..')

/** Where Debian's python3-torch installs to; another `python3` on the path seldom has it. */
const PYTHON = '/usr/bin/python3'

/** A folder for what is built in one run. Inside the package, so that Node finds its dependencies from there. */
export function makeFolder(): { readonly path: string; remove(): void } {
  const parent = resolve(HERE, '../.generated')
  mkdirSync(parent, { recursive: true })
  const path = mkdtempSync(`${parent}/run-`)
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Makes a subject's program and says how it is started. */
export async function commandOf(subject: Subject, folder: string): Promise<Command> {
  const entry = resolve(HERE, 'subjects', subject.program)
  // -B: without leaving compiled modules beside the sources.
  if (subject.program.endsWith('.py')) return { file: PYTHON, args: ['-B', entry] }
  if (subject.program.endsWith('.page.ts')) {
    const host = await bundle(resolve(HERE, 'harness/chromium.ts'), folder)
    return { file: process.execPath, args: [host, await bundlePage(entry, folder)] }
  }
  return { file: process.execPath, args: [await bundle(entry, folder)] }
}

/**
 * One ES module with everything in it: ours from source, and the peers' ES modules, as a bundler's user gets them. So no
 * loader stands between a library and its speed, and every JavaScript library is built alike.
 */
export async function bundle(entry: string, folder: string, footer = ''): Promise<string> {
  const outfile = resolve(folder, basename(entry).replace(/\.ts$/, '.mjs'))
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // They find their own files beside them.
    external: ['playwright-core', 'onnxruntime-web'],
    plugins: [assembly],
    conditions: ['@neurite/source'],
    mainFields: ['module', 'main'],
    // Some dependencies of the peers are CommonJS, and find Node's modules and their own folder in CommonJS's way.
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url); const __dirname = import.meta.dirname;",
    },
    footer: { js: footer },
    logLevel: 'silent',
  })
  return outfile
}

/** The same for a page: one script. */
async function bundlePage(entry: string, folder: string): Promise<string> {
  const outfile = resolve(folder, basename(entry).replace(/\.ts$/, '.js'))
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    conditions: ['@neurite/source'],
    mainFields: ['module', 'main'],
    // tfjs asks for these in Node alone.
    external: ['node-fetch', 'fs', 'path', 'os', 'worker_threads', 'perf_hooks', 'util', 'crypto', 'string_decoder'],
    logLevel: 'silent',
  })
  return outfile
}
