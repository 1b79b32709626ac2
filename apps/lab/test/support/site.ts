import { resolve } from 'node:path'
import { build, preview } from 'vite'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    address: string
  }
}

/** Builds the site once and serves it, as it would be served, for every test of it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const root = resolve(import.meta.dirname, '../..')
  // Else Vite takes vitest's NODE_ENV, and builds something that nobody gets.
  process.env['NODE_ENV'] = 'production'
  await build({ root, logLevel: 'error' })
  const server = await preview({ root, logLevel: 'error', preview: { host: '127.0.0.1', port: 0 } })
  project.provide('address', server.resolvedUrls?.local[0] ?? '')
  return () => server.close()
}
