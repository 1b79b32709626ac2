import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { NeuriteError } from '@neurite/core'
import type { StudyReports } from '../store/study-reports.js'
import { SCRIPT, STYLE } from './assets.js'
import type { Html } from './html.js'
import { pageOf } from './page.js'
import { messagePage, noQueueBoardPage, studiesPage, studyPage } from './pages.js'

/** What pages are made of. */
export interface BoardSources {
  readonly reports: Pick<StudyReports, 'list' | 'show' | 'history'>
  /** The queue's own board, if it is installed. */
  readonly queue: RequestListener | undefined
  /** Told of what a request failed with, which pages do not say. */
  readonly onError: (error: Error) => void
}

/** How much a page shows. */
const STUDIES = 50
const ROWS = 25
const DOTS = 1500

/** Everything comes from here, and nothing is written in pages but text. */
const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** The queue's board sets styles by script, and names its base. It would load fonts from elsewhere: it gets the system's. */
const QUEUE_POLICY =
  "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'"

const HEADERS = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' }

/** A server of pages that listens. */
export interface Served {
  readonly url: string
  close(): Promise<void>
}

/** Serves pages of what there is at each request; it changes nothing. */
export async function serveBoard(
  { reports, queue, onError }: BoardSources,
  { port, host }: { readonly port: number; readonly host: string },
): Promise<Served> {
  const pages = pagesOf(reports)
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // Another site's page may name this address by a name of its own (DNS rebinding): it is not answered.
    if (isLoopback(host) && !isLoopback(nameIn(request.headers.host)))
      return send(response, 403, 'text/plain', 'no such host\n')
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, 'text/plain', 'only GET\n')
    const path = (request.url ?? '/').split('?', 1)[0]!
    if (queue !== undefined && (path === '/queue' || path.startsWith('/queue/')))
      return passOn(queue, request, response)
    const { status, type, text } = await pages(path).catch((error: unknown) => {
      onError(error as Error)
      return page(500, 'No answer', messagePage('No answer', 'The database does not answer; the board’s log says why.'))
    })
    send(response, status, type, text)
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      onError(error as Error)
      response.destroy()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const { port: actual } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}/`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly text: string
}

function pagesOf(reports: BoardSources['reports']): (path: string) => Promise<Answer> {
  return async (path) => {
    if (path === '/') return page(200, 'Studies', studiesPage(await reports.list(STUDIES)))
    if (path === '/board.css') return { status: 200, type: 'text/css', text: STYLE }
    if (path === '/board.js') return { status: 200, type: 'text/javascript', text: SCRIPT }
    if (path === '/queue') return page(404, 'Queue', noQueueBoardPage())
    const id = /^\/studies\/(\d+)$/.exec(path)?.[1]
    if (id === undefined) return page(404, 'Not found', messagePage('Not found', 'There is no such page.'))
    try {
      const report = await reports.show(id, ROWS)
      return page(200, `Study ${id}`, studyPage(report, await reports.history(id, report.mode, DOTS)))
    } catch (error) {
      if (!NeuriteError.isInstance(error) || error.code !== 'INVALID_ARGUMENT') throw error
      return page(404, 'Not found', messagePage('Not found', `There is no study ${id}.`))
    }
  }
}

function page(status: number, title: string, main: Html): Answer {
  return { status, type: 'text/html', text: pageOf(title, main) }
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response
    .writeHead(status, { ...HEADERS, 'content-security-policy': POLICY, 'content-type': `${type}; charset=utf-8` })
    .end(text)
}

function passOn(queue: RequestListener, request: IncomingMessage, response: ServerResponse): void {
  for (const [name, value] of Object.entries({ ...HEADERS, 'content-security-policy': QUEUE_POLICY }))
    response.setHeader(name, value)
  request.url = request.url!.slice('/queue'.length) || '/'
  queue(request, response)
}

function nameIn(host = ''): string {
  return host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name)
}
