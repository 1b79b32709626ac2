import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { BACKENDS } from './backends.js'

/** What the command line asks for. */
export interface Options {
  readonly backend: string
  readonly epochs: number
  readonly seed: number
}

/** The command line was answered without training: `--help`, or a mistake that has been told. */
export class Answered {
  constructor(readonly exitCode: number) {}
}

/** Where commander writes. */
export interface Output {
  readonly out: (text: string) => void
  readonly error: (text: string) => void
}

/** Reads the command line. Mistakes are told in one line and end with exit status 2, as is the custom for usage errors. */
export function readOptions(args: readonly string[], { out, error }: Output): Options | Answered {
  const command = new Command('pnpm start')
    .description('Trains a 64-64-10 network on handwritten digits (1797 images of 8 x 8 pixels), on this machine.')
    .option('--backend <name>', `what computes: ${Object.keys(BACKENDS).join(', ')}`, backendName, 'cpu')
    .option('--epochs <n>', 'how often every training image is seen', wholeNumber(1, 10_000), 30)
    .option(
      '--seed <n>',
      'fixes the split, the first weights and the order of batches',
      wholeNumber(0, 2 ** 32 - 1),
      42,
    )
    .allowExcessArguments(false)
    .showHelpAfterError('(--help lists the options)')
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: error })
  try {
    // pnpm hands on the -- of `pnpm start -- --help`.
    return command
      .parse(args[0] === '--' ? args.slice(1) : args, { from: 'user' })
      .opts<Options & Record<string, unknown>>()
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    return new Answered(thrown.exitCode === 0 ? 0 : 2)
  }
}

function backendName(text: string): string {
  if (!Object.hasOwn(BACKENDS, text)) throw new InvalidArgumentError(`there are: ${Object.keys(BACKENDS).join(', ')}.`)
  return text
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`it must be a whole number from ${least} to ${most}.`)
    }
    return value
  }
}
