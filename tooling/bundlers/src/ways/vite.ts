import { build, createLogger, version } from 'vite'
import type { Way } from './way.js'

export const vite: Way = {
  name: `Vite ${version}`,
  async build({ name, source, out }) {
    const warnings: string[] = []
    const warn = (message: string): void => void warnings.push(message)
    await build({
      root: source,
      base: './',
      configFile: false,
      customLogger: { ...createLogger('silent'), warn, warnOnce: warn },
      // It warns of any script above 500 kB, which TensorFlow.js is.
      build: { outDir: out, emptyOutDir: true, ...(name === 'engine' ? { chunkSizeWarningLimit: 2000 } : {}) },
    })
    return { warnings }
  },
}
