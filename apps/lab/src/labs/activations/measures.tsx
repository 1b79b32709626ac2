import { Figure } from '../../parts/figure.jsx'
import type { JSX } from 'preact'
import { fixed, short } from '../../i18n/format.js'
import { CsvDownload, Downloads } from '../../parts/downloads.jsx'
import { LineChart } from '../../parts/line-chart.jsx'
import { deadShare } from './deep-stage.jsx'
import { mapText } from './line-stage.jsx'
import { say } from './messages.js'
import { arrives, bars, curve, history, joinedNow, line, place, run, views } from './model.js'
import { state } from './state.js'

interface Picture {
  readonly picture: () => SVGSVGElement | null
}

/** The number that belongs to what is on the stage. */
export function Measure({ picture }: Picture): JSX.Element {
  const { scene, phi } = state.at
  return (
    <>
      {scene.value === 'deep' ? (
        <DeepMeasure />
      ) : scene.value === 'line' ? (
        <LineMeasure />
      ) : phi.value === 'softmax' ? (
        <Figure name={say('measure.sum')} value={fixed(bars.answer.value?.sum ?? 1, 3)} id="sum" />
      ) : (
        <CurveMeasure />
      )}
      <Downloads name={`activations-${scene.value}`} picture={picture}>
        {scene.value === 'deep' && (
          <CsvDownload
            name="activations-gradients"
            header={['iteration', 'first_layer', 'last_layer']}
            rows={() => history.peek().map(({ iteration, first, last }) => [iteration, first, last])}
          />
        )}
      </Downloads>
    </>
  )
}

function CurveMeasure(): JSX.Element {
  const here = place.value
  if (here === undefined) return <p class="note">{curve.failure.value ?? say('working')}</p>
  const points = here.powers.map((value, k) => [k + 1, value] as const)
  const positive = points.filter(([, value]) => value > 0)
  return (
    <>
      <div class="figures">
        <Figure name={say('curve.value')} value={fixed(here.value, 3)} id="value" />
        <Figure name={say('curve.slope')} value={fixed(here.slope, 3)} id="slope" />
      </div>
      {positive.length < points.length ? (
        <p class="note">{say('measure.negative')}</p>
      ) : (
        <LineChart
          series={[{ name: 'gradient', label: say('measure.through'), points, marks: true }]}
          log
          xName={say('measure.layersPassed')}
          yName={say('measure.product')}
          summary={say('measure.products', { first: short(points[0]![1]), last: short(points.at(-1)![1]) })}
        />
      )}
    </>
  )
}

function DeepMeasure(): JSX.Element {
  const seen = history.value
  const [from, to] = [seen[0], seen.at(-1)]
  const layers = views.value
  const hidden = layers.slice(0, -1)
  const saturated = hidden.reduce((total, layer) => total + layer.saturatedShare, 0) / Math.max(1, hidden.length)
  return (
    <>
      <div class="figures">
        <Figure
          name={say('measure.arrives')}
          value={arrives.value === undefined ? '…' : short(arrives.value)}
          id="arrives"
        />
        <Figure name={say('measure.loss')} value={fixed(run.frame.value?.trainLoss ?? NaN, 3)} id="loss" />
        <Figure name={say('measure.dead')} value={`${fixed(100 * deadShare(layers), 0)}%`} id="dead" />
        <Figure name={say('measure.saturated')} value={`${fixed(100 * saturated, 0)}%`} id="saturated" />
      </div>
      {from !== undefined && to !== undefined && (
        <LineChart
          series={[
            {
              name: 'gradient',
              label: say('measure.first'),
              points: seen.map(({ iteration, first }) => [iteration, first]),
            },
            { name: 'last', label: say('measure.last'), points: seen.map(({ iteration, last }) => [iteration, last]) },
          ]}
          log
          xName={say('measure.iteration')}
          yName="‖∂L/∂W‖"
          summary={say('measure.flow', { from: short(from.first), to: short(to.first) })}
        />
      )}
    </>
  )
}

function LineMeasure(): JSX.Element {
  const found = line.answer.value
  if (found === undefined) return <p class="note">{line.failure.value ?? say('working')}</p>
  const k = Math.min(joinedNow.value, found.layers.length)
  const now = found.joined[k - 1]
  const all = found.joined.at(-1)
  if (now === undefined || all === undefined)
    return (
      <p role="note" class="refused">
        <strong>{say('line.refused')}</strong> {found.refused}
      </p>
    )
  return (
    <>
      <div class="figures">
        <Figure name={say('measure.difference')} value={short(now.difference)} id="difference" />
        <Figure name={say('measure.map')} value={mapText(all.map)} id="map" />
      </div>
      <p class="note">{say('measure.parameters', { all: found.parameters, few: found.parametersJoined })}</p>
    </>
  )
}
