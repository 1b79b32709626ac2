import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'

const ORIGIN = 'https://page.invalid'
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
}

export interface Visit {
  /** What the page printed as its loss. */
  readonly loss: string
  /** Of the scripts that it loaded, each compressed by itself. */
  readonly gzipped: number
}

/**
 * Opens a page of the project under a strict policy, and waits for its loss.
 *
 * @param path - of the page's folder in the project
 * @param scripts - what the policy allows beside 'self'
 * @throws Error with what the page said, if it failed or complained
 */
export async function visit(
  browser: Browser,
  project: string,
  path: string,
  scripts: readonly string[],
): Promise<Visit> {
  const page = await browser.newPage()
  const policy = `default-src 'self'; script-src ${["'self'", ...scripts].join(' ')}`
  let gzipped = 0
  try {
    await page.route(`${ORIGIN}/**`, (route) => {
      const { pathname } = new URL(route.request().url())
      const contentType = TYPES[extname(pathname)]
      if (contentType === undefined) return route.fulfill({ status: 204 })
      const body = readFileSync(join(project, pathname))
      if (contentType === 'text/javascript') gzipped += gzipSync(body, { level: 9 }).byteLength
      return route.fulfill({ contentType, headers: { 'content-security-policy': policy }, body })
    })
    const loss = new Promise<string>((resolve, reject) => {
      page.on('console', (message) => {
        const text = message.text()
        if (['warning', 'error'].includes(message.type())) reject(new Error(`the page complains: ${text}`))
        else if (text.startsWith('loss ')) resolve(text.slice('loss '.length))
      })
      page.on('pageerror', ({ message }) => reject(new Error(`the page fails: ${message}`)))
      setTimeout(() => reject(new Error('the page gave no loss within a minute')), 60_000).unref()
    })
    const [value] = await Promise.all([loss, page.goto(`${ORIGIN}/${path}/index.html`)])
    return { loss: value, gzipped }
  } finally {
    await page.close()
  }
}
