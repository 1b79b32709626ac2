import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { fixed, short } from '../../i18n/format.js'
import { Rich } from '../../i18n/rich.jsx'
import { Segments, Select, Slider } from '../../parts/controls.jsx'
import { LabPage } from '../../parts/lab-page.jsx'
import { Player } from '../../parts/player.jsx'
import { Scrub } from '../../parts/scrub.jsx'
import { StageLegend, type Sample } from '../../parts/stage-legend.jsx'
import { CurveStage } from './curve-stage.jsx'
import { DeepStage } from './deep-stage.jsx'
import { Formulas } from './formulas.jsx'
import { LineStage } from './line-stage.jsx'
import { Measure } from './measures.jsx'
import { say } from './messages.js'
import { arrives, bars, before, curve, line, place, run, shownX, tieX } from './model.js'
import { SoftmaxStage } from './softmax-stage.jsx'
import { BENDS, INITS, PHIS, SCENES, state } from './state.js'
import { Thumbs } from './thumbs.jsx'

const { scene, phi, a, layers, init, rate, seed, depth, joined, bend } = state.at

/** What the challenge asks for. */
const [DEEP, LEFT, LOSS] = [10, 0.01, 0.3]

export function View(): JSX.Element {
  const stage = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const ends = [curve.start(), bars.start(), line.start(), tieX()]
    return () => ends.forEach((end) => end())
  }, [])
  const solved = useComputed(
    () =>
      scene.value === 'deep' &&
      layers.value >= DEEP &&
      (arrives.value ?? 0) >= LEFT &&
      (run.frame.value?.trainLoss ?? Infinity) < LOSS,
  )
  return (
    <LabPage
      idea={<Idea />}
      stage={
        <>
          <StageLegend items={legend()} />
          <div class="canvas" ref={stage}>
            <Scene />
          </div>
        </>
      }
      formula={<Formulas />}
      controls={
        <>
          <Segments label={say('scene')} value={scene} options={SCENES} name={(name) => say(`scene.${name}`)} />
          {scene.value === 'curve' && <Thumbs />}
          {scene.value === 'deep' && (
            <>
              <Player run={run} />
              <Select label={say('phi')} value={phi} options={PHIS} name={(name) => say(`phi.${name}`)} />
              <Select label={say('init')} value={init} options={INITS} name={(name) => say(`init.${name}`)} />
              <Slider label={say('rate')} value={rate} min={0.001} max={10} log say={short} />
            </>
          )}
          {scene.value === 'line' && (
            <>
              <Slider label={say('line.joined')} value={joined} min={1} max={depth.value} />
              <Segments label={say('bend')} value={bend} options={BENDS} name={(name) => say(`phi.${name}`)} />
            </>
          )}
          {phi.value === 'leakyRelu' && scene.value !== 'line' && (
            <Slider label={say('label.a')} value={a} min={0.01} max={0.9} step={0.01} />
          )}
        </>
      }
      {...(scene.value !== 'curve' && {
        more: <Slider label={say('seed')} value={seed} min={1} max={99} />,
      })}
      measure={<Measure picture={() => stage.current?.querySelector('svg') ?? null} />}
      challenge={say('challenge')}
      solved={solved}
      learned={say('learned')}
    />
  )
}

function Scene(): JSX.Element {
  if (scene.value === 'deep') return <DeepStage />
  if (scene.value === 'line') return <LineStage />
  return phi.value === 'softmax' ? <SoftmaxStage /> : <CurveStage />
}

function legend(): readonly (readonly [Sample, string])[] {
  if (scene.value === 'deep')
    return [
      ['gradient', say('deep.norm')],
      ...(before.value === undefined ? [] : [['target', say('deep.before', { name: before.value.name })] as const]),
    ]
  if (scene.value === 'line')
    return [
      ['output', say('line.output')],
      ['target', line.answer.value?.refused === undefined ? say('line.merged') : say('line.refused')],
    ]
  if (phi.value === 'softmax')
    return [
      ['output', say('softmax.out')],
      ['gradient', say('softmax.slope', { k: 'ₖ' })],
    ]
  return [
    ['output', say('curve.value')],
    ['gradient', say('curve.slope')],
  ]
}

const Number = ({ text, of = 'output' }: { readonly text: string; readonly of?: string }): JSX.Element => (
  <strong class={`number steady part-${of}`}>{text}</strong>
)

function Idea(): JSX.Element {
  if (scene.value === 'deep')
    return (
      <Rich
        text={say('idea.deep')}
        parts={{
          layers: <Scrub value={layers} min={2} max={12} label={say('label.layers')} />,
          phi: <strong class="part-output">{say(`phi.${phi.value}`)}</strong>,
          arrives: <Number of="gradient" text={arrives.value === undefined ? '…' : short(arrives.value)} />,
        }}
      />
    )
  if (scene.value === 'line')
    return (
      <Rich
        text={say('idea.line')}
        parts={{ depth: <Scrub value={depth} min={2} max={5} label={say('label.depth')} /> }}
      />
    )
  if (phi.value === 'softmax')
    return <Rich text={say('idea.softmax')} parts={{ sum: <Number text={fixed(bars.answer.value?.sum ?? 1, 3)} /> }} />
  const here = place.value
  return (
    <Rich
      text={say('idea.curve')}
      parts={{
        x: <Scrub value={shownX} min={-6} max={6} step={0.05} digits={2} pixels={3} label={say('label.x')} />,
        value: <Number text={here === undefined ? '…' : fixed(here.value, 3)} />,
        slope: <Number of="gradient" text={here === undefined ? '…' : fixed(here.slope, 3)} />,
        through: <Number of="gradient" text={here === undefined ? '…' : short(here.powers.at(-1)!)} />,
      }}
    />
  )
}
