import type { JSX } from 'preact'
import { say as sayApp } from '../../app/messages.js'
import { fixed, short } from '../../i18n/format.js'
import { Player } from '../../parts/player.jsx'
import { StageLegend } from '../../parts/stage-legend.jsx'
import { changeDepth } from './columns.jsx'
import { MOST_EDGES } from './draw.js'
import { MOST_LAYERS } from './layers.js'
import { say } from './messages.js'
import { regression, run, seen, shown, widths } from './model.js'
import { Network } from './network.jsx'
import { narrow } from './scene.js'
import { state } from './state.js'
import { Surface } from './surface.jsx'

/** The stage: the network on the left, what it says of the plane on the right; on a phone one above the other. */
export function Board(): JSX.Element {
  return (
    <div class="board" data-ready={(shown.value?.iteration ?? 0) > 0} data-narrow={narrow.value}>
      <div class="board-network">
        <Depth />
        {!narrow.value && <EdgesNote />}
        <Network />
      </div>
      <div class="board-side">
        {!narrow.value && <Legend />}
        <Surface />
        <div class="board-words">
          <Figures />
          {narrow.value && <EdgesNote />}
          {narrow.value && <Toggle />}
        </div>
        {!narrow.value && <Player run={run} />}
      </div>
    </div>
  )
}

/** On a phone the player is further down: this much of it is always there. */
function Toggle(): JSX.Element {
  return (
    <button type="button" class="button" onClick={() => run.toggle()}>
      {sayApp(run.playing.value ? 'pause' : 'play')}
    </button>
  )
}

/** Where more weights than that stand between two layers, the stage says what it leaves out. */
function EdgesNote(): JSX.Element | null {
  const now = widths.value
  const many = now.some((units, l) => units * (now[l + 1] ?? 0) > MOST_EDGES)
  return many ? <p class="edges-note">{say('edges.note', { most: MOST_EDGES })}</p> : null
}

function Depth(): JSX.Element {
  const depth = state.at.net.value.length
  return (
    <div class="depth">
      <span>{say('hidden.count', { n: depth })}</span>
      <button type="button" aria-label={say('layer.less')} disabled={depth === 0} onClick={() => changeDepth(-1)}>
        −
      </button>
      <button
        type="button"
        aria-label={say('layer.more')}
        disabled={depth === MOST_LAYERS}
        onClick={() => changeDepth(1)}
      >
        +
      </button>
    </div>
  )
}

function Legend(): JSX.Element {
  return (
    <StageLegend
      items={[
        ...(regression.value
          ? []
          : ([
              ['class-0', say('legend.a')],
              ['class-1', say('legend.b')],
            ] as const)),
        ['positive', say('legend.positive')],
        ['negative', say('legend.negative')],
      ]}
    />
  )
}

/** The two numbers that one looks for first. */
function Figures(): JSX.Element {
  const { frame } = seen.value
  const loss = (value: number | undefined): string => (value === undefined ? '–' : short(value))
  const share = (value: number | undefined): string => (value === undefined ? '–' : fixed(value, 3))
  const [train, test] = regression.value
    ? [loss(frame?.trainLoss), loss(frame?.testLoss)]
    : [share(frame?.trainAccuracy), share(frame?.testAccuracy)]
  const what = say(regression.value ? 'measure.loss' : 'measure.accuracy')
  return (
    <dl class="board-figures">
      <div>
        <dt>
          {say('measure.train')} {what}
        </dt>
        <dd class="number" data-figure="train">
          {train}
        </dd>
      </div>
      <div>
        <dt>
          {say('measure.test')} {what}
        </dt>
        <dd class="number" data-figure="test">
          {test}
        </dd>
      </div>
    </dl>
  )
}
