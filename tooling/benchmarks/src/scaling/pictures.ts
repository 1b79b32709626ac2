import { formatSeconds } from '../report/format.js'
import { chartSvg } from './chart.js'
import type { MeasuredCurve } from './measured-curve.js'
import { seriesOf } from './measured-curve.js'

/** An SVG for each curve, by the name of its file. */
export function picturesOf(curves: readonly MeasuredCurve[]): ReadonlyMap<string, string> {
  return new Map(
    curves.map((measured) => {
      const { id, title, axis } = measured.curve
      const series = seriesOf(measured).map(({ name, place, points }) => ({
        name,
        style: place,
        points: points.map(({ at, samples }) => ({ x: at, y: Math.min(...samples) })),
      }))
      return [`scaling-${id}.svg`, chartSvg({ title, xLabel: axis, yLabel: 'time', series, formatY: roundTime })]
    }),
  )
}

/** 0.1 us, 10 ms: without zeros at the end. */
const roundTime = (seconds: number): string =>
  formatSeconds(seconds)
    .replace(/(\.\d*?)0+ /, '$1 ')
    .replace('. ', ' ')
