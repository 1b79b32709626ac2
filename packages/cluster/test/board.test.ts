import { expect, test } from 'vitest'
import { chartOf } from '../src/board/chart.js'
import { html } from '../src/board/html.js'
import { pageOf } from '../src/board/page.js'
import { noQueueBoardPage, studiesPage, studyPage } from '../src/board/pages.js'
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
