import { build } from 'esbuild'
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { PROGRAMS } from '../programs/index.js'

/** Bytes of a program for the browser. */
export interface BundleSize {
  /** A subject, or a program of it. */
  readonly subject: string
  readonly minified: number
  readonly gzipped: number
  /** What it fetches, gzipped. */
  readonly fetched: number
}

/** What a page that trains W1 would load: ours from source, the peer's from its ES modules, bundled alike. */
export async function bundleSizes(subjects: readonly string[]): Promise<BundleSize[]> {
  const programs = PROGRAMS.filter(({ subject }) => subjects.includes(subject))
  return Promise.all(
    programs.map(async ({ subject, name = subject, file, fetches }) => {
      const bytes = await minified(resolve(import.meta.dirname, '../programs', file))
      return {
        subject: name,
        minified: bytes.byteLength,
        gzipped: gzipped(bytes),
        fetched: fetches === undefined ? 0 : gzipped(JSON.stringify(await fetches())),
      }
    }),
  )
}

function gzipped(file: string | Uint8Array): number {
  return gzipSync(file, { level: 9 }).byteLength
}

async function minified(entry: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@neurite/source'],
    logLevel: 'silent',
  })
  return outputFiles[0]?.contents ?? new Uint8Array()
}
