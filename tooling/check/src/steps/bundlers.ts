import { join } from 'node:path'
import { packAll, tarballFolder } from '../pack.js'
import { execute, type Step } from '../step.js'

/** Pages of the packed tarballs, built by each bundler and by none, in Chromium: tooling/bundlers, a program of its own. */
export const bundlers: Step = {
  name: 'bundlers',
  async run({ root, update }) {
    await packAll(root)
    const program = join(root, 'tooling/bundlers/src/main.ts')
    const rewrite = update ? ['--update'] : []
    const result = await execute(root, 'tsx', program, '--tarballs', tarballFolder(root), ...rewrite)
    const last = result.output.trim().split('\n').at(-1) ?? ''
    return result.ok ? { ...result, note: last } : result
  },
}
