import { plot } from 'simple-ascii-chart'

/** One line of a plot: a value for each epoch. */
export interface Curve {
  readonly name: string
  readonly values: readonly number[]
}

/** What a plot needs beside its curves. */
export interface PlotOptions {
  readonly title: string
  /** The vertical axis runs from the first to the last. */
  readonly ticks: readonly number[]
  /** Terminal columns. */
  readonly width: number
  readonly color: boolean
}

const COLORS = ['ansiCyan', 'ansiYellow'] as const

/** Curves over epochs 1, 2, ... as text. Values outside the axis are drawn at its ends. */
export function plotCurves(curves: readonly Curve[], { title, ticks, width, color }: PlotOptions): string {
  const low = Math.min(...ticks)
  const high = Math.max(...ticks)
  const epochs = Math.max(...curves.map(({ values }) => values.length))
  const lines = curves.map(({ values }) =>
    values.map((value, i): [number, number] => [i + 1, Math.min(high, Math.max(low, value))]),
  )
  const text = plot(lines, {
    title: `${title} by epoch`,
    // The axis and its labels take eight columns.
    width: width - 8,
    height: 10,
    yRange: [low, high],
    customYAxisTicks: [...ticks],
    customXAxisTicks: epochTicks(epochs),
    formatter: (value, { axis }) => (axis === 'y' ? value.toFixed(2) : value),
    legend: { position: 'bottom', series: curves.map(({ name }) => name) },
    ...(color ? { color: [...COLORS] } : {}),
  })
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n')
}

/** Round numbers from the bottom to the top of an axis that holds `values`: 0, 0.5, 1, ... */
export function axisTicks(values: readonly number[], from: number): number[] {
  const top = Math.max(...values, from + 1e-3)
  const rough = (top - from) / 5
  const unit = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * unit).find((candidate) => candidate >= rough) ?? rough
  return Array.from({ length: Math.ceil((top - from) / step - 1e-9) + 1 }, (_, i) => from + i * step)
}

function epochTicks(epochs: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000].find((candidate) => epochs / candidate <= 10) ?? epochs
  const round = Array.from({ length: Math.floor(epochs / step) }, (_, i) => (i + 1) * step)
  return step === 1 ? round : [1, ...round]
}
