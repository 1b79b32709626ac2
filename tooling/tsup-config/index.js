import { defineConfig } from 'tsup'

/**
 * The build of every package: ESM and declarations, nothing minified (a bundler's job), dependencies stay imports.
 *
 * @param {import('tsup').Options} [overrides]
 */
export function configure(overrides = {}) {
  return defineConfig({
    entry: ['src/index.ts'],
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    dts: true,
    clean: true,
    splitting: true,
    treeshake: false,
    silent: true,
    ...overrides,
  })
}
