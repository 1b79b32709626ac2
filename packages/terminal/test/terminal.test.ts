import { Writable } from 'node:stream'
import { setDefaultBackend } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { binaryCrossEntropy } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { sgd } from '@neurite/optimizers'
import { accuracy, fit, meanAbsoluteError, type FitOptions } from '@neurite/train'
import { build } from 'esbuild'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { progressBar, terminalPlot, type TextStream } from '../src/index.js'
import { labelOf, loadPackage, openTerminal, shortly } from '../src/terminal.js'

beforeEach(() => setDefaultBackend(cpu()))

interface Recorder extends TextStream {
  readonly parts: string[]
}

function recorder(more: Partial<TextStream> = {}): Recorder {
  const parts: string[] = []
  return { parts, write: (text) => parts.push(text), ...more }
}

const x = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(2 * i)])
const data = { x, y: x.map(([a]) => (a! > 0 ? 1 : 0)) }
const base = { loss: binaryCrossEntropy({ fromLogits: true }), optimizer: sgd({ learningRate: 0.5 }), epochs: 25 }
const validated = { ...base, validation: 0.25, metrics: { accuracy } }
const train = (options: Omit<FitOptions, 'loss' | 'optimizer' | 'epochs'> & Partial<FitOptions>) =>
  fit(sequential([dense(1)]), data, { ...base, ...options })

// eslint-disable-next-line no-control-regex -- what it looks for
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f]/
const ESC = '\u001b'
const withoutColors = (text: string): string => text.replaceAll(new RegExp(`${ESC}\\[\\d+m`, 'g'), '')
const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length))

describe('progressBar', () => {
  test('without a terminal: a line for every tenth of the epochs, no control codes', async () => {
    const stream = recorder()
    const { history } = await train({ ...validated, callbacks: [progressBar({ stream })] })
    expect(stream.parts.map((line) => line.slice(0, 11))).toEqual([
      'epoch  3/25',
      'epoch  6/25',
      'epoch  9/25',
      'epoch 12/25',
      'epoch 15/25',
      'epoch 18/25',
      'epoch 21/25',
      'epoch 24/25',
      'epoch 25/25',
    ])
    expect(stream.parts.at(-1)).toBe(
      `epoch 25/25  loss ${history.loss.at(-1)!.toFixed(4)}  validation accuracy ${history.valAccuracy!.at(-1)!.toFixed(4)}\n`,
    )
    expect(stream.parts.join('')).not.toMatch(CONTROL)
  })
  test('on a terminal: a bar over its own line, that ends and gives the cursor back', async () => {
    const stream = recorder({ isTTY: true, columns: 200 })
    await train({ ...validated, callbacks: [progressBar({ stream, color: true })] })
    const text = stream.parts.join('')
    expect(text).toContain('\u001b[36m')
    expect(withoutColors(text)).toMatch(/█{20,} 25\/25 epochs {2}loss 0\.\d{4} {2}validation accuracy \d\.\d{4}/)
    const [hidden, back] = ['l', 'h'].map((letter) => text.indexOf(`${ESC}[?25${letter}`))
    expect(hidden).toBeGreaterThanOrEqual(0)
    expect(back).toBeGreaterThan(hidden!)
    expect(text.endsWith('\n')).toBe(true)
    const drawn = stream.parts.map(withoutColors).filter((part) => part.includes('epochs'))
    expect(drawn.length).toBeGreaterThanOrEqual(2)
    expect(Math.max(...drawn.map((part) => part.length))).toBeLessThanOrEqual(80)
    const plain = recorder({ isTTY: true, columns: 200 })
    await train({ callbacks: [progressBar({ stream: plain, color: false })] })
    expect(plain.parts.join('')).not.toContain('\u001b[36m')
  })
  test('signals are left to the program: nobody waits for Ctrl-C', async () => {
    const waiting = (): number[] => ['SIGINT', 'SIGTERM'].map((signal) => process.listenerCount(signal))
    const before = waiting()
    const during: number[][] = []
    const stream = recorder({ isTTY: true })
    await train({ epochs: 2, onEpoch: () => void during.push(waiting()), callbacks: [progressBar({ stream })] })
    expect(stream.parts.join('')).toContain('2/2 epochs')
    expect(during).toEqual([before, before])
  })
  test('NO_COLOR and TERM=dumb are heeded', async () => {
    vi.stubEnv('NO_COLOR', '1')
    const stream = recorder({ isTTY: true })
    await train({ callbacks: [progressBar({ stream })] })
    expect(stream.parts.join('')).not.toContain('\u001b[36m')
    vi.stubEnv('TERM', 'dumb')
    const dumb = recorder({ isTTY: true })
    await train({ callbacks: [progressBar({ stream: dumb })] })
    expect(dumb.parts.join('')).toMatch(/^epoch/)
    vi.unstubAllEnvs()
  })
  test('values are by default the loss and what was measured last, each once', async () => {
    const lastLine = async (options: Parameters<typeof train>[0]): Promise<string> => {
      const stream = recorder()
      await train({ ...options, epochs: 2, callbacks: [progressBar({ stream })] })
      return stream.parts.at(-1)!.replaceAll(/\d\.\d{4}/g, '#')
    }
    expect(await lastLine({})).toBe('epoch 2/2  loss #\n')
    expect(await lastLine({ validation: 0.25 })).toBe('epoch 2/2  loss #  validation loss #\n')
    expect(await lastLine({ metrics: { accuracy } })).toBe('epoch 2/2  loss #  accuracy #\n')
    expect(await lastLine(validated)).toBe('epoch 2/2  loss #  validation accuracy #\n')
  })
  test('values are those asked for, as far as they fit', async () => {
    const metrics = { accuracy, meanAbsoluteError }
    const values = ['valLoss', 'accuracy', 'valMeanAbsoluteError', 'loss']
    const stream = recorder()
    await train({ ...validated, metrics, callbacks: [progressBar({ stream, values })] })
    expect(stream.parts.at(-1)).toMatch(/^epoch 25\/25 {2}validation loss [\d.]+ {2}accuracy [\d.]+\n$/)
    expect(widest(stream.parts.join(''))).toBeLessThanOrEqual(80)
    const unknown = recorder()
    await train({ callbacks: [progressBar({ stream: unknown, values: ['valF1'] })] })
    expect(unknown.parts.at(-1)).toMatch(/validation f1 -\n$/)
  })
  test('the bar ends where training fails', async () => {
    const stream = recorder({ isTTY: true })
    const failing = { name: 'failing', onEpochEnd: () => Promise.reject(new Error('disk full')) }
    await expect(train({ callbacks: [progressBar({ stream }), failing] })).rejects.toThrow('disk full')
    expect(stream.parts.join('')).toContain('\u001b[?25h')
  })
  test('a closed pipe does not disturb training', async () => {
    const thrown: TextStream = {
      write: () => {
        throw new Error('EPIPE')
      },
    }
    const pipe = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) })
    for (const stream of [thrown, pipe, { ...thrown, isTTY: true }]) {
      const { epochs } = await train({ callbacks: [progressBar({ stream }), terminalPlot({ stream })] })
      expect(epochs).toBe(25)
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(pipe.listenerCount('error')).toBe(0)
  })
  test('wrong calls', () => {
    expect(() => progressBar({ values: 'loss' as never })).toThrow(/names of the history/)
    expect(() => progressBar({ stream: {} as never })).toThrow(/write\(text\)/)
    expect(() => progressBar({ colour: true } as never)).toThrow(/colour/)
  })
})

describe('terminalPlot', () => {
  test('plots loss and metrics when training ends, in 80 columns', async () => {
    const stream = recorder({ columns: 300 })
    await train({ ...validated, callbacks: [terminalPlot({ stream })] })
    const text = stream.parts.join('')
    expect(stream.parts).toHaveLength(2)
    expect(stream.parts.map((part) => part.split('\n')[1])).toEqual(['loss by epoch', 'accuracy by epoch'])
    expect(widest(text)).toBeLessThanOrEqual(80)
    expect(text).not.toMatch(CONTROL)
    // Thin and thick, each in its plot and in the legend.
    for (const plot of stream.parts) expect(plot).toMatch(/─{3}[^]*\n─ training\n━ validation\n$/)
    for (const plot of stream.parts) expect(plot).toMatch(/━{3}[^]*\n─ training/)
  })
  test('a training without validation is one line', async () => {
    const stream = recorder()
    await train({ callbacks: [terminalPlot({ stream })] })
    expect(stream.parts.join('')).toMatch(/━{3}[^]*\n━ training\n$/)
    expect(stream.parts.join('')).not.toMatch(CONTROL)
  })
  test('in colors, training and validation', async () => {
    const stream = recorder({ isTTY: true, columns: 60 })
    await train({ ...validated, callbacks: [terminalPlot({ stream, color: true, values: ['accuracy'], height: 5 })] })
    const text = stream.parts.join('')
    expect(text).toContain('\u001b[36m')
    expect(text).toContain('\u001b[33m')
    expect(text).toMatch(/training[^]*validation/)
    expect(widest(withoutColors(text))).toBeLessThanOrEqual(60)
  })
  test('nothing for one epoch, for a failure, for what was not measured, and for what is not finite', async () => {
    const stream = recorder()
    await train({ epochs: 1, callbacks: [terminalPlot({ stream })] })
    await train({ callbacks: [terminalPlot({ stream, values: ['f1'] })] })
    const failing = { name: 'failing', onEpochEnd: () => Promise.reject(new Error('disk full')) }
    await train({ callbacks: [terminalPlot({ stream }), failing] }).catch(() => undefined)
    expect(stream.parts).toEqual([])
    const nothing = Object.assign(() => NaN, { kind: 'nothing', mode: 'min' as const })
    const metrics = { nothing, accuracy }
    await train({ metrics, callbacks: [terminalPlot({ stream, values: ['nothing', 'accuracy'] })] })
    expect(stream.parts).toHaveLength(1)
  })
  test('its axis holds large, small and negative values', async () => {
    const stream = recorder()
    let epoch = 0
    const of = (kind: string, value: (i: number) => number, mode: 'min' | 'max') =>
      Object.assign(() => value(epoch), { kind, mode })
    const metrics = {
      large: of('large', (i) => 1e5 / (1 + i), 'min'),
      small: of('small', (i) => 1e-3 / (1 + i), 'min'),
      negative: of('negative', (i) => -1 + i / 10, 'max'),
      constant: of('constant', () => 2, 'min'),
    }
    await train({ epochs: 12, metrics, onEpoch: () => void epoch++, callbacks: [terminalPlot({ stream })] })
    expect(stream.parts).toHaveLength(5)
    const [, large, small, negative, constant] = stream.parts
    expect(large).toContain('1e+5')
    expect(small).toContain('0.0010')
    expect(negative).toContain('-1.00')
    expect(constant).toContain('2.00')
    expect(widest(stream.parts.join(''))).toBeLessThanOrEqual(80)
  })
  test('its epochs are the first and round ones, of even distance, as many as fit', async () => {
    const oneToNine = Array.from({ length: 9 }, (_, i) => i + 1)
    for (const [epochs, labels] of [
      [2, [1, 2]],
      [9, oneToNine],
      [12, [1, 2, 4, 6, 8, 10, 12]],
      [25, [1, 5, 10, 15, 20, 25]],
      [100, [1, ...oneToNine.map((i) => 10 * i), 100]],
      [101, [1, 20, 40, 60, 80, 100]],
    ] as const) {
      const stream = recorder()
      await train({ epochs, callbacks: [terminalPlot({ stream, height: 3 })] })
      const below = /▶\n(.*)\n/.exec(stream.parts.join(''))![1]!
      expect(below.trim().split(/ +/).map(Number)).toEqual(labels)
    }
  })
  test('its labels are short, and none stands twice, whatever the values', async () => {
    for (const top of [1e-3, 0.049, 0.05, 0.5, 1, 9.99, 99, 100, 101, 999, 5000, 9999, 1e4, 1e5, 3e7]) {
      const stream = recorder()
      let epoch = 0
      const peak = Object.assign(() => (epoch === 1 ? top : 0), { kind: 'peak', mode: 'min' as const })
      const plot = terminalPlot({ stream, values: ['peak'], height: 30 })
      await train({ epochs: 3, metrics: { peak }, onEpoch: () => void epoch++, callbacks: [plot] })
      const labels = [...stream.parts.join('').matchAll(/^ *(\S+) *┤/gm)].map(([, label]) => label!)
      expect(labels.length).toBeGreaterThanOrEqual(3)
      expect(new Set(labels).size).toBe(labels.length)
      expect(Math.max(...labels.map((label) => label.length))).toBeLessThanOrEqual(top < 0.05 ? 6 : 5)
    }
  })
  test.each([
    ['200,000 epochs', Array.from({ length: 200_000 }, (_, i) => 1 - i / 2e5), /1 {2,}200000$/m, /1\.00┤─/],
    ['values beyond what an axis can hold', [1, 1.7e308, -1.7e308, 0.5], /1 {2,}.*4$/m, /1\.00┤─/],
  ])('%s are plotted, not an error after the training', async (_, loss, epochs, top) => {
    const stream = recorder()
    const plot = terminalPlot({ stream })
    const run = { history: { loss }, measured: { loss: 'min' } } as never
    await plot.onTrainBegin!(run)
    await plot.onTrainEnd!(run, undefined)
    const text = stream.parts.join('')
    expect(text).toMatch(epochs)
    expect(text.replaceAll('━', '─')).toMatch(top)
  })

  test('wrong calls', () => {
    expect(() => terminalPlot({ height: 2 })).toThrow(/height must be a whole number >= 3/)
    expect(() => terminalPlot({ values: [3] as never })).toThrow(/names of the history/)
  })
})

describe('the packages that draw', () => {
  test('are asked for by name where they are missing', async () => {
    await expect(loadPackage('progressBar', 'cli-progress-of-nobody')).rejects.toMatchObject({
      code: 'PACKAGE_MISSING',
      message: expect.stringMatching(/progressBar.*pnpm add cli-progress-of-nobody/) as string,
    })
  })
  test('are in no bundle for browsers', async () => {
    const { metafile } = await build({
      stdin: {
        contents: "export { progressBar, terminalPlot } from './src/index.ts'",
        resolveDir: new URL('..', import.meta.url).pathname,
      },
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'browser',
      conditions: ['@neurite/source'],
      external: ['node:*'],
    })
    const [output] = Object.values(metafile.outputs)
    const used = Object.entries(output!.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    expect(used.map(([path]) => path).filter((path) => path.includes('node_modules'))).toEqual([])
  })
})

test('names and numbers as people read them', () => {
  expect(['loss', 'valLoss', 'valMeanAbsoluteError', 'r2', 'value'].map(labelOf)).toEqual([
    'loss',
    'validation loss',
    'validation mean absolute error',
    'r2',
    'value',
  ])
  expect([0, 0.12345, 12345.6, 0.00001, -0.5, NaN, undefined].map(shortly)).toEqual([
    '0.0000',
    '0.1235',
    '1.2e+4',
    '1.0e-5',
    '-0.5000',
    'NaN',
    '-',
  ])
})

test('where the process has no stream, one has to be given', () => {
  for (const host of [{}, { env: {}, stderr: {} }]) {
    vi.stubGlobal('process', host)
    expect(() => openTerminal('progressBar', 'stderr', undefined, undefined)).toThrow(
      /progressBar: there is no stderr here; give a stream/,
    )
  }
  vi.unstubAllGlobals()
})
