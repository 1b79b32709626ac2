import { seriesOf, type MeasuredCurve } from '../scaling/measured-curve.js'
import { formatSeconds } from './format.js'
import type { Table } from './table.js'

/** A table for each curve: its points, and what one more costs at its end. */
export function scalingTables(curves: readonly MeasuredCurve[]): Table[] {
  return curves.map((measured) => {
    const { axis, points, title } = measured.curve
    const series = seriesOf(measured)
    const best = (name: string, at: number): number | undefined => {
      const point = series.find((one) => one.name === name)?.points.find((one) => one.at === at)
      return point && Math.min(...point.samples)
    }
    const rows = points.map(({ at }) => [
      String(at),
      ...series.map(({ name }) => {
        const seconds = best(name, at)
        return seconds === undefined ? '-' : formatSeconds(seconds)
      }),
    ])
    const [before, last] = [points.at(-2)!.at, points.at(-1)!.at]
    const more = series.map(({ name }) => {
      const [low, high] = [best(name, before), best(name, last)]
      return low === undefined || high === undefined ? '-' : formatSeconds((high - low) / (last - before))
    })
    return {
      title: `Scaling: ${title}`,
      head: [axis, ...series.map(({ name }) => name)],
      rows: [...rows, ['one more', ...more]],
      note: 'The best of many short rounds. One more: the difference of the last two rows, for each unit between them.',
    }
  })
}
