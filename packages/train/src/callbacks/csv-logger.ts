import { aBoolean, aFunction, either, must, or, readOptions } from '@neurite/core/arguments'
import type { Callback } from './callback.js'

/** Options of {@link csvLogger}. */
export interface CsvLoggerOptions {
  /** Keep what the file holds already. Default false; a resumed run always does. */
  readonly append?: boolean
}

/**
 * Writes a line an epoch: its number, what was measured, learning rate and seconds. After a resume, epochs since the last
 * checkpoint may appear twice.
 *
 * @param target - a file (in Node), or a function that takes each line with its line break
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
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
export function csvLogger(
  target: string | ((line: string) => void | Promise<void>),
  options: CsvLoggerOptions = {},
): Callback {
  const { append } = readOptions('csvLogger', options, { append: or(false, aBoolean) })
  const aFile = must('a file name', (value): value is string => typeof value === 'string' && value !== '')
  either('a file name or a function', aFile, aFunction)('csvLogger', 'the target', target)
  let columns: readonly string[] | undefined
  let goesOn = append
  const write = async (line: string, first: boolean): Promise<void> => {
    if (typeof target === 'function') return target(line)
    const { appendFile, writeFile } = await import('node:fs/promises')
    return first && !goesOn ? writeFile(target, line) : appendFile(target, line)
  }
  return {
    name: 'csvLogger',
    onTrainBegin() {
      columns = undefined
      goesOn = append
    },
    async onEpochEnd({ epoch, values, seconds }) {
      const row: Readonly<Record<string, number>> = { epoch, ...values, seconds }
      if (columns === undefined) {
        columns = Object.keys(row)
        if (!goesOn) await write(`${columns.map(quoted).join(',')}\n`, true)
      }
      await write(`${columns.map((name) => String(row[name])).join(',')}\n`, false)
    },
    save: () => ({ data: null }),
    load() {
      goesOn = true
    },
  }
}

function quoted(name: string): string {
  return /[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name
}
