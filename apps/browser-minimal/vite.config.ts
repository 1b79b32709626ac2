import { defineConfig } from 'vite'

export default defineConfig({
  // From source, as everything in this workspace.
  resolve: { conditions: ['@neurite/source', 'module', 'browser', 'development|production'] },
  build: {
    outDir: 'dist',
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
  },
})
