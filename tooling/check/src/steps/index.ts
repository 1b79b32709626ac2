import { command, type Step } from '../step.js'
import { api } from './api.js'
import { bundlers } from './bundlers.js'
import { facts } from './facts.js'
import { lint } from './lint.js'
import { size } from './size.js'
import { smoke } from './smoke.js'
import { speed } from './speed.js'
import { tarballs } from './tarballs.js'

const turbo = (task: string): string[] => ['run', task, '--output-logs=errors-only', '--continue=always', '--no-color']

/** In this order: what is quick and often wrong comes first; from `build` on, the steps read what it built. */
export const STEPS: readonly Step[] = [
  command('format', 'prettier', '--check', '.'),
  lint,
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
  speed,
]
