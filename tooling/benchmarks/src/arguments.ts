import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { EXTRAS } from './extras/index.js'
import { SUBJECTS } from './subjects/index.js'
import { WORKLOADS } from './workloads/index.js'

/** What the command line asks for. */
export interface Options {
  /** Ids of workloads, `bundle`, `cold-start`, `overhead`, `scaling`. */
  readonly only: readonly string[]
  readonly subjects: readonly string[]
  readonly rounds: number | undefined
  readonly quick: boolean
  readonly json: string | undefined
  readonly markdown: string | undefined
  /** A folder for the pictures of `scaling`. */
  readonly svg: string | undefined
}

/** Options, or what to print and the exit code: 0 after `--help`, 2 for flags that make no sense. */
export type Parsed = { readonly options: Options } | { readonly text: string; readonly exitCode: 0 | 2 }

const MEASURES = [...WORKLOADS.map(({ id }) => id), ...EXTRAS]
/** The curves take minutes, and are drawn seldom. */
const USUAL_MEASURES = MEASURES.filter((name) => name !== 'scaling')
const NAMES = SUBJECTS.map(({ name }) => name)
const USUAL = SUBJECTS.filter(({ gpu }) => gpu === undefined).map(({ name }) => name)

/** Parses the arguments after the program's name. */
export function parseArguments(argv: readonly string[]): Parsed {
  let text = ''
  const command = new Command('pnpm bench')
    .description('Speed, size and cold start of Neurite beside its peers, interleaved in one run.')
    .option(
      '--only <ids>',
      `some of: ${MEASURES.join(', ')}; W5 means all of W5 (default: all but scaling)`,
      selectMeasures,
      USUAL_MEASURES,
    )
    .option(
      '--subjects <names>',
      `some of: ${NAMES.join(', ')} (default: those that need no GPU)`,
      selectSubjects,
      USUAL,
    )
    .option('--rounds <n>', 'samples for each subject and workload (default: 9, with --quick 3)', wholeNumber)
    .option('--quick', 'under a minute; good for a first look, not for claims', false)
    .option('--json <file>', 'write everything measured to a file')
    .option(
      '--markdown <file>',
      'write the tables to a file, or between <!-- measured --> and <!-- /measured --> in it',
    )
    .option('--svg <folder>', 'write the curves of scaling as pictures')
    .helpOption('--help', 'show this')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: (part) => (text += part), writeErr: (part) => (text += part) })
  try {
    // pnpm hands over the -- of `pnpm bench -- --quick`.
    command.parse(argv[0] === '--' ? argv.slice(1) : argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? { text, exitCode: 0 } : { text: `${text}see pnpm bench --help\n`, exitCode: 2 }
  }
  const { only, subjects, rounds, quick, json, markdown, svg } = command.opts<Partial<Options>>()
  return { options: { only: only!, subjects: subjects!, rounds, quick: quick!, json, markdown, svg } }
}

function selectMeasures(list: string): string[] {
  return select(list, MEASURES, (name, wanted) => name === wanted || (/^W\d+$/.test(wanted) && belongsTo(name, wanted)))
}

/** W3b belongs to W3, and W5-256 to W5. */
function belongsTo(id: string, group: string): boolean {
  return id.startsWith(group) && !/^\d/.test(id.slice(group.length))
}

function selectSubjects(list: string): string[] {
  return select(list, NAMES, (name, wanted) => name === wanted)
}

/** The names that a comma-separated list asks for, in their own order. */
function select(list: string, names: readonly string[], matches: (name: string, wanted: string) => boolean): string[] {
  const wanted = list.split(',').map((part) => part.trim())
  const unknown = wanted.filter((part) => !names.some((name) => matches(name, part)))
  if (unknown.length > 0) {
    throw new InvalidArgumentError(
      `There is no ${unknown.map((part) => `'${part}'`).join(', ')}; there are ${names.join(', ')}.`,
    )
  }
  return names.filter((name) => wanted.some((part) => matches(name, part)))
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number >= 1.')
  return value
}
