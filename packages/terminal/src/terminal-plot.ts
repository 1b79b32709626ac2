import { power } from '@neurite/core'
import { aBoolean, optional, or, readOptions, whole } from '@neurite/core/arguments'
import { validationName, type Callback, type Run } from '@neurite/train'
import type { Color } from 'simple-ascii-chart'
import {
  aStream,
  labelOf,
  loadPackage,
  namesOfHistory,
  openTerminal,
  type Terminal,
  type TextStream,
} from './terminal.js'

/** Options of {@link terminalPlot}. */
export interface TerminalPlotOptions {
  /** Default: `process.stdout`. */
  readonly stream?: TextStream
  /** What is plotted, each with its values on validation rows: names of the history. Default: `loss` and every metric. */
  readonly values?: readonly string[]
  /** Lines that each plot is high. Default 10. */
  readonly height?: number
  /** Default: on a terminal, unless the environment has `NO_COLOR`. */
  readonly color?: boolean
}

/**
 * Plots what was measured, epoch by epoch, when training ends: text of at most 80 columns, with a line for training and one for
 * validation where there is some, told apart by colors; without them, in a file say, that of training is the thin one. Fewer than
 * two epochs are no plot, and a training that fails is none.
 *
 * Plots are made by the package simple-ascii-chart, which has to be installed beside this one: it is loaded when training
 * begins, and bundles for browsers do not contain it.
 *
 * @param options - `stream` default `process.stdout`, `values`, `height` default 10, `color`
 * @throws NeuriteError `UNKNOWN_OPTION`, `INVALID_ARGUMENT`; from training `PACKAGE_MISSING` without simple-ascii-chart
 * @example
 * ```ts
 * import { mse } from '@neurite/losses'
 * import { dense, sequential } from '@neurite/nn'
 * import { sgd } from '@neurite/optimizers'
 * import { terminalPlot } from '@neurite/terminal'
 * import { fit } from '@neurite/train'
 * let text = ''
 * const callbacks = [terminalPlot({ stream: { write: (part) => (text += part) } })] // or terminalPlot()
 * await fit(sequential([dense(1)]), { x: [[0], [1]], y: [0, 1] }, { loss: mse, optimizer: sgd(), epochs: 20, callbacks })
 * text.trimStart().split('\n')[0] // => 'loss by epoch'
 * ```
 */
export function terminalPlot(options: TerminalPlotOptions = {}): Callback {
  const where = 'terminalPlot'
  const { stream, values, color, height } = readOptions(where, options, {
    stream: optional(aStream),
    values: optional(namesOfHistory),
    color: optional(aBoolean),
    height: or(10, whole(3)),
  })
  let chart: typeof import('simple-ascii-chart') | undefined
  return {
    name: where,
    async onTrainBegin() {
      chart = (await loadPackage(where, 'simple-ascii-chart')) as typeof import('simple-ascii-chart')
    },
    onTrainEnd(run, error) {
      if (chart === undefined || error !== undefined) return
      const terminal = openTerminal(where, 'stdout', stream, color)
      for (const name of values ?? standard(run)) {
        const text = plotOf(chart.plot, run, name, height, terminal)
        if (text !== undefined) terminal.write(`\n${text}\n`)
      }
      terminal.close()
    },
  }
}

/** As many as no terminal has columns for: a plot of more looks the same, and the package cannot draw a hundred thousand. */
const MOST_POINTS = 1000
/** Numbers beyond leave an axis no room for its ticks. */
const LARGEST = 1e300

/** Epochs, from 1, and values: those that can be drawn, evenly thinned out, the first and the last among them. */
function pointsOf(values: readonly number[]): [epoch: number, value: number][] {
  const points = values.flatMap((value, i): [number, number][] => (Math.abs(value) <= LARGEST ? [[i + 1, value]] : []))
  if (points.length <= MOST_POINTS) return points
  const stride = (points.length - 1) / (MOST_POINTS - 1)
  return Array.from({ length: MOST_POINTS }, (_, k) => points[Math.round(k * stride)]!)
}

/** What has values of its own on training rows. */
function standard({ measured }: Run): string[] {
  const validated = new Set(Object.keys(measured).map(validationName))
  return Object.keys(measured).filter((name) => !validated.has(name))
}

function plotOf(
  plot: (typeof import('simple-ascii-chart'))['plot'],
  { history, measured }: Run,
  name: string,
  height: number,
  { width, color }: Terminal,
): string | undefined {
  const curves = [
    { name: 'training', points: pointsOf(history[name] ?? []) },
    { name: 'validation', points: pointsOf(history[validationName(name)] ?? []) },
  ].filter(({ points }) => points.length > 1)
  if (curves.length === 0) return undefined
  const all = curves.flatMap(({ points }) => points.map(([, value]) => value))
  const ticks = axisTicks(all, bottom(all, measured[name] === 'max'))
  const [low, high] = [Math.min(...ticks), Math.max(...ticks)]
  const lines = curves.map(({ points }) =>
    points.map(([epoch, value]): [number, number] => [epoch, Math.min(high, Math.max(low, value))]),
  )
  const text = plot(lines, {
    title: `${labelOf(name)} by epoch`,
    // The axis and its labels take eight columns.
    width: width - 8,
    height,
    yRange: [low, high],
    customYAxisTicks: ticks,
    customXAxisTicks: epochTicks(Math.max(...curves.map(({ points }) => points.at(-1)![0]))),
    formatter: (value, { axis }) => (axis === 'y' ? tickText(value, high) : value),
    legend: { position: 'bottom', series: curves.map((curve) => curve.name) },
    // Without colors, too: they tell which curve a character is of.
    color: COLORS.slice(0, curves.length),
  })
  return (color ? text : inLines(text, curves.length > 1))
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n')
}

const COLORS: Color[] = ['ansiCyan', 'ansiYellow']
// eslint-disable-next-line no-control-regex -- colors are written with it
const COLORED = /\u001b\[(\d+)m(.)\u001b\[0m/g
const CYAN = '36'

/** The heavy lines that plots are drawn in, and the light ones; a legend's block becomes a piece of its line. */
const HEAVY = '━┃┏┓┗┛█'
const LIGHT = '─│┌┐└┘─'

/** A plot without colors: of two curves, the first is light. */
function inLines(text: string, two: boolean): string {
  return text.replace(COLORED, (_, color: string, character: string) => {
    if (two && color === CYAN) return LIGHT[HEAVY.indexOf(character)] ?? character
    return character === '█' ? '━' : character
  })
}

/** Losses are read from 0; scores from the tenth below the lowest, or nothing could be told apart. */
function bottom(values: readonly number[], score: boolean): number {
  const lowest = Math.min(...values)
  return score || lowest < 0 ? Math.floor(lowest * 10) / 10 : 0
}

/** Five characters at most for what an axis has usually. */
function tickText(value: number, high: number): string {
  if (high >= 1e4) return value.toExponential(0)
  return value.toFixed(high >= 100 ? 0 : high < 0.05 ? 4 : 2)
}

/** Round numbers from the bottom to the top of an axis that holds `values`: 0, 0.5, 1, ... */
function axisTicks(values: readonly number[], from: number): number[] {
  const top = Math.max(...values, from + 1e-3)
  const rough = (top - from) / 5
  const unit = power(10, Math.floor(Math.log10(rough)))
  const step = [1, 2, 5, 10].map((factor) => factor * unit).find((candidate) => candidate >= rough) ?? rough
  return Array.from({ length: Math.ceil((top - from) / step - 1e-9) + 1 }, (_, i) => from + i * step)
}

function epochTicks(epochs: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000].find((candidate) => epochs / candidate <= 10) ?? epochs
  const round = Array.from({ length: Math.floor(epochs / step) }, (_, i) => (i + 1) * step)
  return step === 1 ? round : [1, ...round]
}
