import { join } from 'node:path'
import { packAll, tarballFolder } from '../pack.js'
import { execute, type Step } from '../step.js'

/** The packed tarballs in an empty project: tooling/smoke, a program of its own. */
export const smoke: Step = {
  name: 'smoke',
  async run({ root }) {
    await packAll(root)
    const program = join(root, 'tooling/smoke/src/main.ts')
    const result = await execute(root, 'tsx', program, '--tarballs', tarballFolder(root))
    const last = result.output.trim().split('\n').at(-1) ?? ''
    return result.ok ? { ...result, note: last } : result
  },
}
