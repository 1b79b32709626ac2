import type { HistoryOf } from '@neurite/train'

/** The parts of the page that the program writes to. Text only: nothing that comes from elsewhere is read as HTML. */
export function element(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`the page has no #${id}`)
  return found
}

export function form(): HTMLFormElement {
  const found = element('form')
  if (!(found instanceof HTMLFormElement)) throw new Error('#form is no form')
  return found
}

/** Not the attribute `disabled`, which would throw the keyboard's focus away. */
export function enable(id: string, able: boolean): void {
  element(id).setAttribute('aria-disabled', String(!able))
}

export function showStatus(text: string): void {
  element('status').textContent = text
}

/** Why backends that were tried first cannot run here. */
export function showRefused(reasons: readonly string[]): void {
  element('refused').replaceChildren(
    ...reasons.map((reason) => {
      const item = document.createElement('li')
      item.textContent = reason
      return item
    }),
  )
}

/** Adds a row to the table of runs. */
export function showRun(backend: string, history: HistoryOf<'accuracy'>, milliseconds: number): void {
  const row = document.createElement('tr')
  const texts = [
    backend,
    String(history.loss.length),
    history.loss.at(-1)?.toFixed(4) ?? '-',
    history.accuracy.at(-1)?.toFixed(3) ?? '-',
    `${(milliseconds / 1000).toFixed(2)} s`,
  ]
  for (const text of texts) row.insertCell().textContent = text
  row.insertCell().append(sparkline(history.loss))
  element('runs').append(row)
}

function sparkline(values: readonly number[]): SVGElement {
  const [width, height] = [120, 24]
  const top = Math.max(...values)
  const points = values.map(
    (value, i) => `${(i / Math.max(1, values.length - 1)) * width},${height - (value / top) * height}`,
  )
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  for (const [name, value] of Object.entries({ width, height, viewBox: `0 -1 ${width} ${height + 2}`, role: 'img' })) {
    svg.setAttribute(name, String(value))
  }
  svg.setAttribute('aria-label', `loss from ${values[0]?.toFixed(3)} to ${values.at(-1)?.toFixed(3)}`)
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline')
  line.setAttribute('points', points.join(' '))
  svg.append(line)
  return svg
}
