import { command, type Step } from '../step.js'
import { api } from './api.js'
import { bundlers } from './bundlers.js'
import { facts } from './facts.js'
import { size } from './size.js'
import { smoke } from './smoke.js'
import { tarballs } from './tarballs.js'

const turbo = (task: string): string[] => ['run', task, '--output-logs=errors-only', '--continue=always', '--no-color']

/** In this order: what is quick and often wrong comes first; from `build` on, the steps read what it built. */
export const STEPS: readonly Step[] = [
  command('format', 'prettier', '--check', '.'),
  // In two threads: types of all projects at once are more than one heap holds.
  command('lint', 'eslint', '.', '--max-warnings', '0', '--concurrency', '2'),
  facts,
  command('typecheck', 'turbo', ...turbo('typecheck')),
  command('boundaries', 'turbo', 'boundaries', '--no-color'),
  command('knip', 'knip', '--no-progress'),
  command('sherif', 'sherif', '--fail-on-warnings'),
  command('build', 'turbo', ...turbo('build')),
  tarballs,
  api,
  size,
  smoke,
  bundlers,
]
