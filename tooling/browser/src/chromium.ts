import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'] as const

const FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--enable-unsafe-webgpu',
] as const

/** Starts the Chromium that is installed here; `$CHROMIUM` names another one. Nothing is downloaded. */
export async function launch(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? PLACES.find((path) => existsSync(path))
  if (executablePath === undefined) {
    throw new Error(`no Chromium at ${PLACES.join(', ')}: install the package chromium, or set CHROMIUM to its path`)
  }
  return chromium.launch({ executablePath, args: [...FLAGS] })
}
