import type { Callback, EpochEvent, History, Run } from '@neurite/train'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { progressBar, terminalPlot, type TextStream } from '../src/index.js'

// What people see, character by character, of trainings that are made up: golden/*.txt, `vitest -u` writes them anew.

type Values = Readonly<Record<string, (epoch: number) => number>>

/** What a callback writes during a training of so many epochs. */
async function written(
  make: (stream: TextStream) => Callback,
  epochs: number,
  values: Values,
  stream: Partial<TextStream> = {},
  measured: Run['measured'] = Object.fromEntries(Object.keys(values).map((name) => [name, 'min'])),
): Promise<string> {
  const parts: string[] = []
  const callback = make({ write: (text) => parts.push(text), ...stream })
  const history = Object.fromEntries(
    Object.entries(values).map(([name, at]) => [name, Array.from({ length: epochs }, (_, i) => at(i))]),
  )
  const run = { epochs, history: history as Partial<History>, measured } as Run
  await callback.onTrainBegin?.(run)
  for (let epoch = 0; epoch < epochs; epoch++) {
    const now = Object.fromEntries(Object.entries(values).map(([name, at]) => [name, at(epoch)]))
    await callback.onEpochEnd?.({ epoch, epochs, values: now } as EpochEvent, run)
  }
  await callback.onTrainEnd?.(run)
  // Control codes as one reads them.
  return parts.join('').replaceAll('\u001b', '␛').replaceAll('\r', '␍')
}

beforeEach(() => void vi.stubEnv('TERM', 'xterm'))
afterEach(() => void vi.unstubAllEnvs())

const falling = (i: number): number => 2 / (1 + i)
const slower = (i: number): number => 2.5 / (1 + i / 2)

const PLOTS: Readonly<Record<string, () => Promise<string>>> = {
  'two curves': () => written((stream) => terminalPlot({ stream, height: 6 }), 12, { loss: falling, valLoss: slower }),
  'one curve, in 60 columns': () =>
    written((stream) => terminalPlot({ stream }), 30, { loss: falling }, { columns: 60 }),
  'colours, in 40 columns': () =>
    written(
      (stream) => terminalPlot({ stream, height: 3, color: true }),
      5,
      { loss: falling, valLoss: slower },
      { columns: 20 },
    ),
  'scores, from the tenth below': () =>
    written(
      (stream) => terminalPlot({ stream, height: 5, values: ['accuracy'] }),
      8,
      { loss: falling, accuracy: (i) => 0.96 - 0.7 / (2 + i), valAccuracy: (i) => 0.9 - 0.4 / (2 + i) },
      {},
      { loss: 'min', accuracy: 'max', valAccuracy: 'max' },
    ),
  'below 0': () => written((stream) => terminalPlot({ stream, height: 4 }), 4, { loss: (i) => 0.25 - i / 4 }),
  'large and small': () =>
    written((stream) => terminalPlot({ stream, height: 4 }), 4, {
      loss: (i) => 2e4 / (1 + i),
      hundreds: (i) => 400 / (1 + i),
      thousandths: (i) => 0.004 / (1 + i),
      nothing: () => 0,
    }),
  'gaps where a value is not finite': () =>
    written((stream) => terminalPlot({ stream, height: 4 }), 6, {
      loss: (i) => (i === 2 ? Infinity : falling(i)),
      valLoss: (i) => (i === 0 ? 1 : NaN),
    }),
}

const BARS: Readonly<Record<string, () => Promise<string>>> = {
  lines: () => written((stream) => progressBar({ stream }), 7, { loss: falling, valAccuracy: (i) => i / 10 }),
  'every second': () => written((stream) => progressBar({ stream, values: ['loss'] }), 11, { loss: falling }),
  'as many values as fit': () =>
    written(
      (stream) => progressBar({ stream, values: ['loss', 'valMeanAbsoluteError', 'valLoss', 'r2'] }),
      3,
      { loss: falling, valMeanAbsoluteError: slower, valLoss: slower, r2: (i) => i },
      { columns: 70 },
    ),
  'a bar': () =>
    written(
      (stream) => progressBar({ stream, color: true }),
      1,
      { loss: falling, valLoss: slower },
      { isTTY: true, columns: 60 },
    ),
}

test.each([
  ['plots', PLOTS],
  ['bars', BARS],
])('%s', async (name, all) => {
  const texts: string[] = []
  for (const [what, text] of Object.entries(all)) texts.push(`# ${what}\n${await text()}`)
  await expect(texts.join('\n')).toMatchFileSnapshot(`golden/${name}.txt`)
})
