import type { EpochEvent } from '@neurite/train'
import { SingleBar } from 'cli-progress'
import type { Terminal } from './terminal.js'

/** Shows how far a training is. */
export interface Progress {
  readonly update: (event: EpochEvent) => void
  readonly end: () => void
}

/** A bar where a person watches, a line for every tenth of the epochs elsewhere. */
export function showProgress(terminal: Terminal, epochs: number): Progress {
  return terminal.live ? bar(terminal, epochs) : lines(terminal, epochs)
}

function bar({ width, color }: Terminal, epochs: number): Progress {
  const shade = color ? '\u001b[36m{bar}\u001b[0m' : '{bar}'
  const single = new SingleBar({
    format: `${shade} {value}/{total} epochs  loss {loss}  validation accuracy {accuracy}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: Math.max(10, width - 58),
    hideCursor: true,
    gracefulExit: false,
  })
  single.start(epochs, 0, { loss: '-', accuracy: '-' })
  return {
    update: (event) => {
      single.update(event.epoch + 1, { loss: shown(event, 'loss'), accuracy: shown(event, 'valAccuracy') })
    },
    end: () => {
      single.stop()
    },
  }
}

function lines({ write }: Terminal, epochs: number): Progress {
  const every = Math.ceil(epochs / 10)
  return {
    update: (event) => {
      const done = event.epoch + 1
      if (done % every !== 0 && done !== epochs) return
      const at = `epoch ${String(done).padStart(String(epochs).length)}/${epochs}`
      write(`${at}  loss ${shown(event, 'loss')}  validation accuracy ${shown(event, 'valAccuracy')}\n`)
    },
    end: () => undefined,
  }
}

function shown({ values }: EpochEvent, name: string): string {
  return values[name]?.toFixed(4) ?? '-'
}
