import { duration, numberText, pointText } from '../commands/format.js'
import type { Recorded, StudyReport, StudySummary, TrialCounts } from '../store/study-reports.js'
import { chartOf } from './chart.js'
import { html, type Html } from './html.js'

/** All studies, each with its progress. */
export function studiesPage(studies: readonly StudySummary[]): Html {
  const none = html`<p>There are no studies yet: <code>npx neurite-cluster search</code> begins one.</p>`
  return html`<h1>Studies</h1>
    ${studies.length === 0 ? none : studies.map(card)}`
}

function card(study: StudySummary): Html {
  return html`<section class="study" aria-labelledby="study-${study.id}">
    <h2><a id="study-${study.id}" href="/studies/${study.id}">${titleOf(study)}</a></h2>
    ${factsOf(study)} ${barOf(study.trials)}
  </section>`
}

function titleOf({ id, name, objective }: StudySummary): string {
  return `${id}: ${name === null ? objective : `${name}, ${objective}`}`
}

function factsOf({ state, search, mode, seed, queue, best, refused }: StudySummary): Html {
  const least = mode === 'min' ? 'least' : 'greatest'
  return html`<div class="facts">
    <strong>${state}</strong><span>${search} for the ${least} value, seed ${seed}</span><span>queue ${queue}</span>
    ${best === null ? null : html`<span>best ${numberText(best.value)}</span>`}
    ${refused === 0 ? null : html`<span>${refused} late ${refused === 1 ? 'write' : 'writes'} refused</span>`}
  </div>`
}

const COUNTS = ['done', 'failed', 'parked', 'running', 'waiting'] as const

/** How many trials are where: as a bar, and in words. */
function barOf(trials: TrialCounts): Html {
  const total = Math.max(
    1,
    COUNTS.reduce((sum, count) => sum + trials[count], 0),
  )
  const shares = COUNTS.map((count) => ({ count, width: (100 * trials[count]) / total }))
  const parts = shares.map(({ count, width }, i) => {
    const from = shares.slice(0, i).reduce((sum, share) => sum + share.width, 0)
    return html`<rect class="${count}" x="${from.toFixed(2)}" width="${width.toFixed(2)}" height="1" />`
  })
  const shown = COUNTS.filter((count) => trials[count] > 0 || count === 'done')
  return html`<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>
    <div class="facts">
      ${shown.map(
        (count) =>
          html`<span
            ><svg class="key" viewBox="0 0 1 1" aria-hidden="true"><rect class="${count}" width="1" height="1" /></svg
            >${trials[count]} ${count}</span
          >`,
      )}
    </div>`
}

/** One study: progress, values over time, leaderboard, what runs and what failed. */
export function studyPage(report: StudyReport, history: readonly Recorded[]): Html {
  return html`<h1>${titleOf(report)}</h1>
    ${factsOf(report)} ${barOf(report.trials)}
    <h2>Values</h2>
    ${chartOf(history, report.mode)}
    <h2 id="leaderboard-title">Leaderboard</h2>
    ${leaderboardOf(report)}
    ${
      report.running.length === 0
        ? null
        : html`<h2>Running</h2>
            ${runningOf(report)}`
    }
    ${
      report.failures.length === 0
        ? null
        : html`<h2>Failed and parked</h2>
            ${failuresOf(report)}`
    }`
}

function leaderboardOf({ leaderboard }: StudyReport): Html {
  if (leaderboard.length === 0) return html`<p class="quiet">No trial has a value yet.</p>`
  const rounds = leaderboard.some(({ resource }) => resource !== null)
  return tableOf(
    'Leaderboard',
    [...(rounds ? ['round', 'resource'] : []), 'trial', 'value', 'point', 'took', 'worker'],
    leaderboard.map(({ round, resource, id, value, seconds, worker, point }) => [
      ...(rounds ? [round, resource ?? ''] : []),
      id,
      value,
      pointText(point),
      duration(seconds),
      worker,
    ]),
  )
}

function runningOf({ running }: StudyReport): Html {
  return tableOf(
    'Running',
    ['round', 'trial', 'point', 'start', 'worker', 'heard'],
    running.map(({ round, id, attempts, worker, quiet, point }) => [
      round,
      id,
      pointText(point),
      attempts,
      worker,
      `${duration(quiet)} ago`,
    ]),
  )
}

/** A table that scrolls by itself where it is too wide. */
function tableOf(name: string, head: readonly string[], rows: readonly (readonly (string | number)[])[]): Html {
  const numeric = head.map((_, i) => rows.every((row) => typeof row[i] === 'number'))
  const classOf = (i: number): string => (numeric[i] === true ? 'number' : head[i] === 'point' ? 'point' : 'text')
  const line = (row: readonly (string | number)[]): Html =>
    html`<tr>
      ${row.map((cell, i) => html`<td class="${classOf(i)}">${typeof cell === 'number' ? numberText(cell) : cell}</td>`)}
    </tr>`
  return html`<div class="wide" id="table-${name.toLowerCase()}" role="region" aria-label="${name}" tabindex="0">
    <table>
      <thead>
        <tr>
          ${head.map((cell, i) => html`<th scope="col" class="${classOf(i)}">${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(line)}
      </tbody>
    </table>
  </div>`
}

function failuresOf({ failures }: StudyReport): Html[] {
  return failures.map(
    ({ round, id, state, worker, point, log }) =>
      html`<details id="failure-${round}-${id}">
        <summary>Trial ${id} of round ${round}, ${state} on ${worker}: ${pointText(point)}</summary>
        <pre tabindex="0">${log}</pre>
      </details>`,
  )
}

/** Where the queue's own board would be. */
export function noQueueBoardPage(): Html {
  return html`<h1>Queue</h1>
    <p>The queue’s own board is not installed. Install it beside this package, and start the board again:</p>
    <pre tabindex="0">npm install @bull-board/api @bull-board/express</pre>`
}

export function messagePage(title: string, text: string): Html {
  return html`<h1>${title}</h1>
    <p>${text}</p>`
}
