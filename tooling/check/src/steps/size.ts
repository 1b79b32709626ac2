import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { BUDGETS, type Budget } from '../budgets.js'
import { publicPackages } from '../packages.js'
import { fromProblems, type Step } from '../step.js'

/** What a program of a user weighs once bundled, minified and compressed, against a budget for each. */
export const size: Step = {
  name: 'size',
  async run({ root }) {
    const lines = await Promise.all(BUDGETS.map((budget) => weigh(root, budget)))
    const problems = lines.filter(({ fits }) => !fits).map(({ text }) => text)
    return fromProblems(problems, lines.map(({ text }) => text).join('; '))
  },
}

interface Weight {
  readonly fits: boolean
  readonly text: string
}

async function weigh(root: string, { name, program, limit, external = [] }: Budget): Promise<Weight> {
  const bytes = await bundledBytes(root, program, external)
  return { fits: bytes <= limit * 1000, text: `${name} ${(bytes / 1000).toFixed(2)} of ${limit} kB` }
}

/** Bytes of a program that imports the built packages, minified and gzipped. */
export async function bundledBytes(root: string, program: string, external: readonly string[] = []): Promise<number> {
  const result = await build({
    stdin: { contents: program, resolveDir: root, loader: 'js' },
    alias: builtEntries(root, external),
    external: [...external.flatMap((name) => [name, `${name}/*`]), 'node:*'],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  })
  return gzipSync(result.outputFiles[0]?.contents ?? new Uint8Array(), { level: 9 }).byteLength
}

function builtEntries(root: string, external: readonly string[]): Record<string, string> {
  const entries = publicPackages(root).flatMap(({ folder, manifest }) =>
    Object.entries(manifest.exports ?? {}).flatMap(([path, target]) => {
      if (typeof target === 'string' || external.includes(manifest.name)) return []
      const file = join(folder, target['default'] ?? '')
      if (!existsSync(file)) throw new Error(`${manifest.name} is not built`)
      return [[`${manifest.name}${path.slice(1)}`, file] as const]
    }),
  )
  // esbuild takes an alias for the beginning of longer names too: the longest first.
  return Object.fromEntries(entries.sort(([a], [b]) => b.length - a.length))
}
