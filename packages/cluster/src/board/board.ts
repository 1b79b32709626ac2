import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { NeuriteError } from '@neurite/core'
import { readServices, type ConnectionOptions } from '../connection.js'
import { Connection } from '../store/database.js'
import { checkVersion } from '../store/migrate.js'
import { StudyReports } from '../store/study-reports.js'
import { SCRIPT, STYLE } from './assets.js'
import type { Html } from './html.js'
import { pageOf } from './page.js'
import { messagePage, noQueueBoardPage, studiesPage, studyPage } from './pages.js'
import { queueBoard, type QueueBoard } from './queue-board.js'

/** Options of {@link startBoard}. */
export interface BoardOptions extends ConnectionOptions {
  /** 0 for any that is free. */
  readonly port: number
  readonly host: string
  /** Told of what a request failed with, which pages do not say. */
  readonly onError: (error: Error) => void
}

/** A server of pages. */
export interface Board {
  readonly url: string
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
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

/**
 * Serves pages of live progress, which read the tables and change nothing.
 *
 * @throws NeuriteError `INVALID_ARGUMENT`; and what the system says if the port is taken
 */
export async function startBoard({ port, host, onError, ...options }: BoardOptions): Promise<Board> {
  const services = readServices('board', options)
  const connection = new Connection(services.database, 3)
  const server = createServer()
  let queue: QueueBoard | undefined
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
    await Promise.all([queue?.close(), connection.close()])
  }
  try {
    await checkVersion('board', connection)
    await listening(server, port, host)
    queue = await queueBoard(services, '/queue')
  } catch (error) {
    await close()
    throw error
  }
  const pages = pagesOf(new StudyReports(connection))
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
  server.on(
    'request',
    (request, response) =>
      void answer(request, response).catch((error: Error) => {
        onError(error)
        response.destroy()
      }),
  )
  const { port: actual } = server.address() as AddressInfo
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}/`, close, [Symbol.asyncDispose]: close }
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly text: string
}

function pagesOf(reports: StudyReports): (path: string) => Promise<Answer> {
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

function passOn(queue: QueueBoard, request: IncomingMessage, response: ServerResponse): void {
  for (const [name, value] of Object.entries({ ...HEADERS, 'content-security-policy': QUEUE_POLICY }))
    response.setHeader(name, value)
  request.url = request.url!.slice('/queue'.length) || '/'
  queue.handle(request, response)
}

async function listening(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function nameIn(host = ''): string {
  return host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name)
}
