import type { JSX } from 'preact'
import type { Finding } from './events.js'
import { say } from './messages.js'
import { current } from './model.js'
import { state } from './state.js'

const { scaling, scaleTarget } = state.at

/** What `diagnose` says before training, and what helps against it. */
export function Findings(): JSX.Element {
  const ready = current.value?.ready
  if (ready === undefined) return <p class="note">…</p>
  return (
    <section class="own-findings" aria-label={say('findings')}>
      <p class="figure-name">{say('findings')}</p>
      {ready.findings.length === 0 ? (
        <p data-findings="none">{say('findings.none')}</p>
      ) : (
        <ul data-findings={ready.findings.map(({ kind }) => kind).join(' ')}>
          {ready.findings.map((finding) => (
            <li key={finding.kind}>
              <p>{say(`finding.${finding.kind}`, { columns: namesOf(finding, ready.inputs) })}</p>
              <p lang="en" class="own-said">
                {finding.message}
              </p>
              <Remedy kind={finding.kind} />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

const MOST_NAMES = 4

function namesOf({ columns }: Finding, inputs: readonly string[]): string {
  const names = columns.map((i) => inputs[i] ?? String(i))
  return names.length <= MOST_NAMES ? names.join(', ') : `${names.slice(0, MOST_NAMES).join(', ')}, …`
}

function Remedy({ kind }: { readonly kind: Finding['kind'] }): JSX.Element | null {
  if (kind === 'feature-scales' || kind === 'unscaled-features')
    return scaling.value === 'standard' ? null : (
      <button type="button" class="plain" onClick={() => (scaling.value = 'standard')}>
        {say('remedy.scale')}
      </button>
    )
  if (kind === 'unscaled-targets' && !scaleTarget.value)
    return (
      <button type="button" class="plain" onClick={() => (scaleTarget.value = true)}>
        {say('remedy.target')}
      </button>
    )
  return null
}
