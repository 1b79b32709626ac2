import type { JSX } from 'preact'
import { announce } from '../app/announce.js'
import { say } from '../app/messages.js'
import './compare.css'
import { differing, type KeptRun, type KeptRuns, type Letter, type RunFacts } from './kept-runs.js'
import type { Series } from './line-chart.jsx'

/** What the lab says of its present run. */
export interface Present {
  readonly group: string
  readonly facts: () => RunFacts
  readonly lines: () => KeptRun['lines']
}

/** The curves of kept runs, to be drawn below those of the present one. */
export const keptSeries = (runs: readonly KeptRun[], of: string): readonly Series[] =>
  runs.map(({ letter, lines }) => ({
    name: `kept-${letter}`,
    label: say('compare.run', { letter }),
    points: lines[of] ?? [],
  }))

/** Keeps the present run, and says in what kept runs differ from it and how they ended. */
export function Compare({
  kept,
  present,
  columns,
}: {
  readonly kept: KeptRuns
  readonly present: Present
  /** Of the figures. */
  readonly columns: readonly string[]
}): JSX.Element {
  const runs = kept.of(present.group)
  return (
    <div class="compare">
      <button
        type="button"
        class="plain"
        onClick={() => {
          const letter = kept.keep({ ...present.facts(), lines: present.lines(), group: present.group })
          announce(say('compare.said', { letter }))
        }}
      >
        {say('compare.keep')}
      </button>
      {runs.length > 0 && (
        <>
          <Runs kept={kept} runs={runs} now={present.facts()} columns={columns} />
          <p class="note">{say(kept.travels(present.group) ? 'compare.inLink' : 'compare.notInLink')}</p>
        </>
      )}
    </div>
  )
}

function Runs({
  kept,
  runs,
  now,
  columns,
}: {
  readonly kept: KeptRuns
  readonly runs: readonly KeptRun[]
  readonly now: RunFacts
  readonly columns: readonly string[]
}): JSX.Element {
  const names = differing([...runs, now])
  const told = ({ settings }: RunFacts): string =>
    names.length === 0
      ? say('compare.same')
      : names
          .filter((name) => settings[name] !== undefined)
          .map((name) => `${say(`setting.${name}`)} ${settings[name]}`)
          .join(' · ')
  return (
    <table>
      <caption class="visually-hidden">{say('compare.caption')}</caption>
      <thead>
        <tr>
          <th scope="col">{say('compare.settings')}</th>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
          <th scope="col">
            <span class="visually-hidden">{say('compare.remove')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <Row key={run.letter} letter={run.letter} told={told(run)} figures={run.figures}>
            <button
              type="button"
              class="compare-drop"
              aria-label={say('compare.drop', { letter: run.letter })}
              onClick={() => kept.drop(run.letter)}
            >
              ×
            </button>
          </Row>
        ))}
        <Row letter={undefined} told={told(now)} figures={now.figures} />
      </tbody>
    </table>
  )
}

function Row({
  letter,
  told,
  figures,
  children,
}: {
  readonly letter: Letter | undefined
  readonly told: string
  readonly figures: readonly string[]
  readonly children?: JSX.Element
}): JSX.Element {
  return (
    <tr data-run={letter ?? 'now'}>
      <th scope="row">
        <span class={`legend-item chart-${letter === undefined ? 'now' : `kept-${letter}`}`}>
          {letter === undefined ? say('compare.now') : say('compare.run', { letter })}
        </span>
        <span class="compare-settings">{told}</span>
      </th>
      {figures.map((figure, k) => (
        <td key={k} class="number">
          {figure}
        </td>
      ))}
      <td>{children}</td>
    </tr>
  )
}
