import { execute, type Step } from '../step.js'

/** Nothing became several times slower than what is written by hand, measured in one interleaved run: tooling/benchmarks/src/guard. */
export const speed: Step = {
  name: 'speed',
  async run({ root }) {
    const result = await execute(root, 'tsx', '--conditions=@neurite/source', 'tooling/benchmarks/src/guard/main.ts')
    return { ...result, note: `${result.output.match(/^holds /gm)?.length ?? 0} ratios hold` }
  },
}
