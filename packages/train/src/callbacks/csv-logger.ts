import { aBoolean, must, or, readOptions } from '@neurite/core/arguments'
import { appendText, writeBytes } from '@neurite/files'
import type { Callback } from './callback.js'

/** Options of {@link csvLogger}. */
export interface CsvLoggerOptions {
  /** Keep what the file holds already, which must be of the same columns. Default false; a resumed run always does. */
  readonly append?: boolean
}

type Target = string | ((line: string) => void | Promise<void>)

const aTarget = /* @__PURE__ */ must(
  'the name of a file or a function',
  (value): value is Target => typeof value === 'function' || (typeof value === 'string' && value !== ''),
)

/**
 * Writes a line an epoch: its number, what was measured, learning rate and seconds. After a resume, epochs since the last
 * checkpoint may appear twice.
 *
 * @param target - a file (in Node), or a function that takes each line with its line break
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; from the hooks `BAD_FILE` for a file that cannot be written, or to be
 * kept has other columns
 * @example
 * ```ts
 * import { mse } from '@neurite/losses'
 * import { dense, sequential } from '@neurite/nn'
 * import { sgd } from '@neurite/optimizers'
 * import { csvLogger, fit } from '@neurite/train'
 * let text = ''
 * await fit(sequential([dense(1)]), { x: [[0], [1]], y: [0, 1] }, {
 *   loss: mse, optimizer: sgd(), epochs: 2, callbacks: [csvLogger((line) => { text += line })],
 * })
 * text.split('\n')[0] // => 'epoch,loss,learningRate,seconds'
 * ```
 */
export function csvLogger(target: Target, options: CsvLoggerOptions = {}): Callback {
  const { append } = readOptions('csvLogger', options, { append: or(false, aBoolean) })
  aTarget('csvLogger', 'the target', target)
  let columns: readonly string[] | undefined
  let goesOn = append
  const begin = async (header: string): Promise<void> => {
    if (goesOn) return
    if (typeof target === 'function') return target(header)
    return writeBytes('csvLogger', target, new TextEncoder().encode(header))
  }
  const write = async (line: string, header: string): Promise<void> => {
    if (typeof target === 'function') return target(line)
    return appendText('csvLogger', target, line, header)
  }
  return {
    name: 'csvLogger',
    onTrainBegin() {
      columns = undefined
      goesOn = append
    },
    async onEpochEnd({ epoch, values, seconds }) {
      const row: Readonly<Record<string, number>> = { epoch, ...values, seconds }
      const isFirst = columns === undefined
      columns ??= Object.keys(row)
      const header = `${columns.map(quoted).join(',')}\n`
      if (isFirst) await begin(header)
      await write(`${columns.map((name) => String(row[name])).join(',')}\n`, isFirst ? header : '')
    },
    save: () => ({ data: null }),
    load() {
      goesOn = true
    },
  }
}

function quoted(name: string): string {
  return /[",\n\r]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name
}
