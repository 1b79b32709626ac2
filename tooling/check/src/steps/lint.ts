import { execute, type Step } from '../step.js'

/** Folder by folder, each in a process of its own: the types of all projects at once are more than one heap holds. */
const PARTS = [['packages'], ['apps'], ['tooling', 'eslint.config.js']] as const

export const lint: Step = {
  name: 'lint',
  async run({ root }) {
    const results = await Promise.all(PARTS.map((part) => execute(root, 'eslint', ...part, '--max-warnings', '0')))
    return { ok: results.every(({ ok }) => ok), output: results.map(({ output }) => output).join('\n') }
  },
}
