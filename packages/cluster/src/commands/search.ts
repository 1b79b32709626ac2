import { Option, type Command } from 'commander'
import { gridSearch, randomSearch, successiveHalving, type SearchResult } from '@neurite/search'
import { cluster } from '../search/cluster.js'
import { duration, firstLine, pointText, table } from './format.js'
import type { Io } from './io.js'
import { finite, whole } from './numbers.js'
import { Progress } from './progress.js'
import { reached, withQueue, type ServiceFlags } from './services.js'
import { readSpace } from './space.js'

/** What a shell says of a program that Ctrl-C has ended. */
const INTERRUPTED = 130

const KINDS = { grid: gridSearch, random: randomSearch, halving: successiveHalving }

interface SearchFlags extends ServiceFlags {
  readonly space: string
  readonly kind: keyof typeof KINDS
  readonly name?: string
  readonly top: number
  readonly json?: true
  readonly mode?: 'min' | 'max'
  readonly trials?: number
  readonly seed?: number
  readonly maxResource?: number
  readonly minResource?: number
  readonly factor?: number
}

type Options = Parameters<typeof successiveHalving>[2]
type Point = Readonly<Record<string, unknown>>

export function addSearch(program: Command, io: Io): void {
  const command = program
    .command('search')
    .summary('search hyperparameters on the workers')
    .description(
      'Searches on the workers and shows the leaderboard. The same search again is the same study: what is done is not done again. Ctrl-C leaves it to the workers.',
    )
    .argument('<objective>', 'its name in the module of the workers')
    .requiredOption('--space <file>', 'what is searched, as JSON: see below')
    .addOption(new Option('--kind <kind>', 'how points are chosen').choices(Object.keys(KINDS)).default('random'))
    .option('--trials <n>', 'points that are drawn; a grid has its own number', whole)
    .option('--seed <n>', 'of points and trials (0)', whole)
    .addOption(new Option('--mode <mode>', 'which value is sought (min)').choices(['min', 'max']))
    .option('--max-resource <n>', 'halving: what no trial gets more of, epochs say', finite)
    .option('--min-resource <n>', 'halving: what each gets in the first round (1)', finite)
    .option('--factor <n>', 'halving: one in so many goes on (3)', whole)
    .option('--name <name>', 'makes another study of the same search')
    .option('--top <n>', 'rows of the leaderboard', whole, 10)
    .option('--json', 'the whole result as JSON')
  command.addHelpText('after', SPACE_HELP)
  withQueue(command).action(async (objective: string, { space, kind, name, top, json, ...flags }: SearchFlags) => {
    const dimensions = await readSpace(space)
    const { services, rest } = await reached('search', flags)
    const ending = new AbortController()
    const end = io.onSignal(() => ending.abort())
    await using engine = cluster({ ...services, ...(name === undefined ? {} : { name }) })
    const progress = new Progress(io, rest.mode ?? 'min')
    // Which options go with which search is checked there.
    const options = { ...rest, engine, signal: ending.signal, onTrial: progress.tell } as Options
    const result = await KINDS[kind](dimensions, objective, options).finally(end)
    progress.end()
    io.out(json === true ? `${JSON.stringify(result)}\n` : leaderboardOf(result, top))
    if (!result.aborted) return
    io.err(LEFT)
    io.endWith(INTERRUPTED)
  })
}

const SPACE_HELP = `
A space maps names to lists of choices, or to ranges:
  {
    "units": [8, 16, 32],
    "layers": { "integer": [1, 4] },
    "dropout": { "uniform": [0, 0.5] },
    "learningRate": { "logUniform": [0.0001, 0.1] }
  }
`

const LEFT = `The workers go on: 'neurite-cluster studies' shows what they find, 'studies cancel'
ends it, and the same command again waits for it.
`

/** Values of different resources do not compare: the greatest first. */
function leaderboardOf({ leaderboard }: SearchResult<Point>, top: number): string {
  const rows = [...leaderboard].sort((a, b) => (b.resource ?? 0) - (a.resource ?? 0)).slice(0, top)
  if (rows.length === 0) return ''
  const resource = rows.some((trial) => trial.resource !== undefined)
  return table(
    ['trial', 'value', ...(resource ? ['resource'] : []), 'took', 'point'],
    rows.map(({ id, value, error = '', resource: spent = 0, seconds, point }) => [
      id,
      value ?? `failed: ${firstLine(error)}`,
      ...(resource ? [spent] : []),
      duration(seconds),
      pointText(point),
    ]),
  )
}
