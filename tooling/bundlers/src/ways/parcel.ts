import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Parcel } from '@parcel/core'
import type { Way } from './way.js'

const require = createRequire(import.meta.url)
const { version } = require('@parcel/core/package.json') as { readonly version: string }

/** As `parcel build index.html` does, without `packageExports`. */
export const parcel: Way = {
  name: `Parcel ${version}`,
  async build({ source, out }) {
    const bundler = new Parcel({
      entries: join(source, 'index.html'),
      defaultConfig: require.resolve('@parcel/config-default'),
      mode: 'production',
      env: { NODE_ENV: 'production' },
      shouldDisableCache: true,
      shouldAutoInstall: false,
      defaultTargetOptions: {
        distDir: out,
        publicUrl: './',
        sourceMaps: false,
        shouldScopeHoist: true,
        shouldOptimize: true,
      },
    })
    await bundler.run()
    return { warnings: [] }
  },
}
