import { execute, type Step, type StepResult } from '../step.js'

/** Folder by folder, each in a process of its own: the types of all projects at once are more than one heap holds. */
const PARTS = [['packages'], ['apps'], ['tooling'], ['eslint.config.js']] as const

export const lint: Step = {
  name: 'lint',
  async run({ root }) {
    let result: StepResult = { ok: true, output: '' }
    for (const part of PARTS) {
      result = await execute(root, 'eslint', ...part, '--max-warnings', '0')
      if (!result.ok) break
    }
    return result
  },
}
