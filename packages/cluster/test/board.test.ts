import { request, type RequestOptions } from 'node:http'
import { NeuriteError } from '@neurite/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chartOf } from '../src/board/chart.js'
import { html } from '../src/board/html.js'
import { pageOf } from '../src/board/page.js'
import { noQueueBoardPage, studiesPage, studyPage } from '../src/board/pages.js'
import { serveBoard, type Served } from '../src/board/server.js'
import { boardOf } from './support/board.js'
import { report } from './support/reports.js'

test('values in markup are text, in elements and in attributes', () => {
  const hostile = `"'><script>alert(1)</script>&amp;`
  const { text } = html`<a title="${hostile}">${hostile}</a>${[html`<b>${1}</b>`, html`<i>${hostile}</i>`]}${null}`
  const escaped = '&#34;&#39;&#62;&#60;script&#62;alert(1)&#60;/script&#62;&#38;amp;'
  expect(text).toBe(`<a title="${escaped}">${escaped}</a><b>1</b><i>${escaped}</i>`)
})

test('a page has no script but its own, and no style but its own', () => {
  const history = [{ round: 0, id: 1, value: 1, best: 1, at: 2 }]
  for (const main of [studiesPage([report]), studyPage(report, history), studiesPage([]), noQueueBoardPage()]) {
    const page = pageOf('<script>', main)
    expect(page.match(/<script[^>]*>/g)).toEqual(['<script src="/board.js" defer>'])
    expect(page).not.toMatch(/<(style|img|iframe|base|form)\b|\sstyle=|\son\w+=/i)
  }
  const { text } = studyPage(report, history)
  expect(text).toContain('first\u001b &#60;script&#62;alert(1)&#60;/script&#62;, digits')
  for (const page of [text, studiesPage([report]).text])
    expect(page).toContain('<span>queue gpu\u001b&#60;b&#62;</span>')
  expect(text).toContain(
    '<pre tabindex="0">Error: &#60;/pre&#62;&#60;script&#62;alert(2)&#60;/script&#62;\n    at \u001b[31mhere</pre>',
  )
  expect(text).toContain('&#34;&#62;&#60;img src=x&#62;')
  // The bar's parts, in the order of the words below it.
  const widths = [...text.matchAll(/<rect class="(\w+)" x="([\d.]+)" width="([\d.]+)"/g)].map(([, ...part]) => part)
  expect(widths).toEqual([
    ['done', '0.00', '25.00'],
    ['failed', '25.00', '12.50'],
    ['parked', '37.50', '12.50'],
    ['running', '50.00', '12.50'],
    ['waiting', '62.50', '37.50'],
  ])
})

const recorded = (values: readonly number[], round = 0) =>
  values.map((value, i) => ({ round, id: i, value, best: Math.min(...values.slice(0, i + 1)), at: 10 * (i + 1) }))

const dotsOf = (text: string): number[][] =>
  [...text.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)])

test('the chart: a dot for each trial, later to the right, greater above; stairs of the best', () => {
  const { text } = chartOf(recorded([3, 1, 2]), 'min')
  const dots = dotsOf(text)
  const across = dots.map(([x]) => x!)
  const down = dots.map(([, y]) => y!)
  expect(across).toEqual([...across].sort((a, b) => a - b))
  expect([down[0]! < down[2]!, down[2]! < down[1]!]).toEqual([true, true])
  // It goes to the first dot, on to below the second, and stays there.
  const [a, b, c] = across
  const [high, low] = down
  const steps = [`M${a},${high}`, `${b},${high}`, `${b},${low}`, `${c},${low}`, `${c},${low}`]
  expect(/<path d="([^"]+)"/.exec(text)?.[1]).toBe(steps.join('L'))
  expect(text).toContain('3 values; the best is 1.')
  expect(text).toContain('Seconds since')
})

test('a training that almost diverged does not flatten the chart', () => {
  const values = Array.from({ length: 40 }, (_, i) => (i === 7 ? 1e30 : 1 + (i % 5) / 10))
  const { text } = chartOf(recorded(values), 'min')
  const dots = dotsOf(text)
  expect(text).toContain('1 beyond the picture stand at its edge')
  // The others use most of the height, and none leaves the picture.
  const heights = dots.filter((_, i) => i !== 7).map(([, y]) => y!)
  expect(Math.max(...heights) - Math.min(...heights)).toBeGreaterThan(120)
  for (const [x, y] of dots) expect([x! >= 0 && x! <= 720, y! >= 0 && y! <= 300]).toEqual([true, true])
})

test('each round has stairs of its own; one value, or none, is a chart, too', () => {
  const rounds = [...recorded([3, 2]), ...recorded([9], 1)]
  expect(chartOf(rounds, 'min').text.match(/<path d=/g)).toHaveLength(2)
  for (const values of [[0], [5], [-5]]) {
    const { text } = chartOf(recorded(values), 'max')
    expect(text).not.toMatch(/NaN|Infinity/)
    expect(dotsOf(text)).toHaveLength(1)
  }
  expect(chartOf([], 'min').text).toContain('No trial has a value yet.')
})

describe('the server', () => {
  let board: Served
  const errors: Error[] = []
  const served: string[] = []
  beforeAll(async () => {
    const gone = new NeuriteError('INVALID_ARGUMENT', 'studies: there is no study')
    const show = async (id: string) => {
      if (id === '404') throw gone
      if (id === '500') throw new Error('connect to postgres://me:hidden-word@h')
      return report
    }
    board = await boardOf({
      reports: { show, list: async () => [report], history: async () => [] },
      queue: (request, response) => {
        served.push(`${request.url}`)
        response.end('the queue')
      },
      onError: (error) => errors.push(error),
    })
  })
  afterAll(() => board.close())

  const ask = async (path: string, options: RequestOptions = {}) =>
    new Promise<{ status: number | undefined; policy: string; text: string }>((resolve, reject) => {
      const asked = request(new URL(path, board.url), options, (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => (text += chunk.toString()))
        const policy = String(response.headers['content-security-policy'])
        response.on('end', () => resolve({ status: response.statusCode, policy, text }))
      })
      asked.on('error', reject).end()
    })

  test('has pages, a style and a script, under a policy that lets no other in', async () => {
    for (const [path, status, text] of [
      ['/', 200, '<h1>Studies</h1>'],
      ['/?x=1', 200, '<h1>Studies</h1>'],
      ['/studies/7', 200, '<h2>Values</h2>'],
      ['/studies/404', 404, 'There is no study 404.'],
      ['/studies/7/..%2f', 404, 'no such page'],
      ['/studies/constructor', 404, 'no such page'],
      ['/board.css', 200, ':root'],
      ['/board.js', 200, 'setTimeout(refresh'],
    ] as const) {
      const answer = await ask(path)
      expect([path, answer.status]).toEqual([path, status])
      expect(answer.text).toContain(text)
      expect(answer.policy).toBe(
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      )
    }
  })

  test('answers no other name than that of this machine, and changes nothing', async () => {
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:80'])
      expect((await ask('/', { headers: { host } })).status).toBe(403)
    for (const host of ['localhost', '127.0.0.1:80', '[::1]:9'])
      expect((await ask('/', { headers: { host } })).status).toBe(200)
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      for (const path of ['/', '/queue/api/queues/trials/clean']) expect((await ask(path, { method })).status).toBe(405)
    expect(served).toEqual([])
  })

  test('passes on what is the queue’s', async () => {
    const asked = ['/queue', '/queue/', '/queue/api/queues?page=1', '/queues']
    const answers = await Promise.all(asked.map(async (path) => (await ask(path)).status))
    expect(answers).toEqual([200, 200, 200, 404])
    expect(served).toEqual(['/', '/', '/api/queues?page=1'])
  })

  test('a failure is told to its operator, not on the page', async () => {
    const { status, text } = await ask('/studies/500')
    expect([status, text.includes('hidden-word')]).toEqual([500, false])
    expect(errors.map(({ message }) => message)).toEqual(['connect to postgres://me:hidden-word@h'])
  })
})

test('a taken port is an error', async () => {
  const board = await boardOf()
  const { port } = new URL(board.url)
  const reports = { show: async () => report, list: async () => [], history: async () => [] }
  const again = serveBoard(
    { reports, queue: undefined, onError: () => undefined },
    { port: Number(port), host: '127.0.0.1' },
  )
  await expect(again).rejects.toThrow('EADDRINUSE')
  await board.close()
})
