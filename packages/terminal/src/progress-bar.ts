import { aBoolean, optional, readOptions } from '@neurite/core/arguments'
import type { Callback, EpochEvent, Run } from '@neurite/train'
import {
  aStream,
  labelOf,
  loadPackage,
  namesOfHistory,
  openTerminal,
  shortly,
  type Terminal,
  type TextStream,
} from './terminal.js'

/** Options of {@link progressBar}. */
export interface ProgressBarOptions {
  /** Default: `process.stderr`, so that what a program prints stays clean. */
  readonly stream?: TextStream
  /** Names of the history that are told beside the bar, as far as 80 columns take them. Default: `loss`, and what is measured last, such as `valAccuracy`. */
  readonly values?: readonly string[]
  /** Default: on a terminal, unless the environment has `NO_COLOR`. */
  readonly color?: boolean
}

/**
 * Shows how far training is: a bar over the epochs where a person watches, and a plain line for every tenth of them elsewhere (a
 * file, a pipe, CI), without control codes. A reader that goes away does not disturb training.
 *
 * The bar is drawn by the package cli-progress, which has to be installed beside this one: it is loaded when a bar is first
 * drawn, and bundles for browsers do not contain it.
 *
 * @param options - `stream` default `process.stderr`, `values`, `color`
 * @throws NeuriteError `UNKNOWN_OPTION`, `INVALID_ARGUMENT`; from training `PACKAGE_MISSING` without cli-progress
 * @example
 * ```ts
 * import { mse } from '@neurite/losses'
 * import { dense, sequential } from '@neurite/nn'
 * import { zeros } from '@neurite/nn/initializers'
 * import { sgd } from '@neurite/optimizers'
 * import { progressBar } from '@neurite/terminal'
 * import { fit } from '@neurite/train'
 * const text: string[] = []
 * const callbacks = [progressBar({ stream: { write: (part) => text.push(part) } })] // or progressBar()
 * const data = { x: [[0], [1]], y: [0, 0] }
 * await fit(sequential([dense(1, { weightInitializer: zeros })]), data, { loss: mse, optimizer: sgd(), epochs: 20, callbacks })
 * text.length // => 10
 * text.at(-1) // => 'epoch 20/20  loss 0.0000\n'
 * ```
 */
export function progressBar(options: ProgressBarOptions = {}): Callback {
  const where = 'progressBar'
  const { stream, values, color } = readOptions(where, options, {
    stream: optional(aStream),
    values: optional(namesOfHistory),
    color: optional(aBoolean),
  })
  let shown: Shown | undefined
  let close: Terminal['close'] = () => undefined
  return {
    name: where,
    async onTrainBegin(run) {
      const terminal = openTerminal(where, 'stderr', stream, color)
      close = terminal.close
      const names = fitting(values ?? standard(run), run.epochs, terminal.width)
      shown = terminal.live ? await bar(terminal, names, run) : lines(terminal, names, run)
    },
    onEpochEnd(event) {
      shown?.update(event)
    },
    onTrainEnd() {
      shown?.end()
      shown = undefined
      close()
    },
  }
}

interface Shown {
  update(event: EpochEvent): void
  end(): void
}

function standard({ measured }: Run): string[] {
  const last = Object.keys(measured).at(-1)
  return last === undefined || last === 'loss' ? ['loss'] : ['loss', last]
}

/** The first that fit beside the smallest bar. */
function fitting(names: readonly string[], epochs: number, width: number): string[] {
  let room = width - textWidth([], epochs) - SMALLEST_BAR
  return names.filter((name) => {
    room -= valueWidth(name)
    return room >= 0
  })
}

const SMALLEST_BAR = 10
/** For numbers that are longer than 0.1234. */
const SLACK = 4

function textWidth(names: readonly string[], epochs: number): number {
  return names.reduce((sum, name) => sum + valueWidth(name), ` ${epochs}/${epochs} epochs`.length + SLACK)
}

function valueWidth(name: string): number {
  return `  ${labelOf(name)} ${shortly(0)}`.length
}

function told(names: readonly string[], values: Readonly<Record<string, number>>): string {
  return names.map((name) => `  ${labelOf(name)} ${shortly(values[name])}`).join('')
}

async function bar({ write, width, color }: Terminal, names: readonly string[], { epochs }: Run): Promise<Shown> {
  const { SingleBar } = (await loadPackage('progressBar', 'cli-progress')) as typeof import('cli-progress')
  const shade = color ? '\u001b[36m{bar}\u001b[0m' : '{bar}'
  // Only what the bar uses of a stream.
  const stream = Object.assign({} as NodeJS.WriteStream, {
    write: (text: string) => write(text),
    isTTY: true,
    columns: width,
  })
  const single = new SingleBar({
    format: `${shade} {value}/{total} epochs{told}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: Math.max(SMALLEST_BAR, width - textWidth(names, epochs)),
    hideCursor: true,
    gracefulExit: false,
    stream,
  })
  single.start(epochs, 0, { told: told(names, {}) })
  return {
    update: ({ epoch, values }) => single.update(epoch + 1, { told: told(names, values) }),
    end: () => single.stop(),
  }
}

function lines({ write }: Terminal, names: readonly string[], { epochs }: Run): Shown {
  const every = Math.ceil(epochs / 10)
  return {
    update({ epoch, values }) {
      const done = epoch + 1
      if (done % every !== 0 && done !== epochs) return
      write(`epoch ${String(done).padStart(String(epochs).length)}/${epochs}${told(names, values)}\n`)
    },
    end: () => undefined,
  }
}
