import { defineConfig } from 'tsup'

// Declarations name Symbol.dispose, which the libraries up to es2022 lack.
const LIBRARY = '/// <reference lib="esnext.disposable" />'

/**
 * The build of every package: ESM and declarations, nothing minified (a bundler's job), dependencies stay imports.
 *
 * @param {import('tsup').Options} [overrides]
 */
export function configure({ dts, ...overrides } = {}) {
  return defineConfig({
    entry: ['src/index.ts'],
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    dts: dts === false ? false : { banner: LIBRARY, ...(typeof dts === 'object' && dts) },
    clean: true,
    splitting: true,
    treeshake: false,
    silent: true,
    ...overrides,
  })
}
