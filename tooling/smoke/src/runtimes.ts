import { join } from 'node:path'
import { fromRegistry } from './registry.js'
import { run } from './run.js'

/** Something that runs a program: by `run(cwd, ...command, 'file.mjs')`. */
export interface Runtime {
  readonly name: string
  readonly command: readonly [program: string, ...args: string[]]
  readonly isNode: boolean
}

/** The first versions that `engines` allows, and the newest. docs/runtimes.md says the same. */
const NODES = ['20.19.0', '22.12.0', '24.22.3', '26.12.1']
const BUN = '1.4.5'
const DENO = '2.9.6'

/** All of them, from the npm registry, which has binaries for each platform; elsewhere than on Linux only the Node that runs this. */
export async function runtimes(): Promise<Runtime[]> {
  const { platform, arch, execPath, version } = process
  if (platform !== 'linux' || (arch !== 'x64' && arch !== 'arm64'))
    return [{ name: `Node ${version}`, command: [execPath], isNode: true }]
  const found: Runtime[] = []
  for (const version of NODES) {
    const node = join(await fromRegistry(`node-linux-${arch}`, version), 'bin/node')
    found.push({ name: `Node ${version}`, command: [node], isNode: true })
  }
  // The baseline needs no AVX2.
  const bun = await fromRegistry(arch === 'x64' ? '@oven/bun-linux-x64-baseline' : '@oven/bun-linux-aarch64', BUN)
  found.push({ name: `Bun ${BUN}`, command: [join(bun, 'bin/bun')], isNode: false })
  const deno = await fromRegistry(`@deno/linux-${arch}-glibc`, DENO)
  found.push({ name: `Deno ${DENO}`, command: [join(deno, 'deno'), 'run', '--allow-all'], isNode: false })
  return found
}

/** Every way to load the packages, on one runtime. */
export async function runPrograms(project: string, { command }: Runtime): Promise<void> {
  for (const program of ['import.mjs', 'require.cjs', 'run-page.mjs']) await run(project, ...command, program)
}

/**
 * Trains with each schedule, and compares checksums of what came out: all are equal on all Nodes, and those that need no exp, log
 * or cos on every runtime.
 */
export async function compareBits(project: string, runtimes: readonly Runtime[]): Promise<void> {
  const sums = []
  for (const runtime of runtimes) {
    const printed = await run(project, ...runtime.command, 'same-bits.mjs')
    sums.push({ ...runtime, ...(JSON.parse(printed) as { arithmetic: string; functions: string }) })
  }
  const first = sums[0]!
  const others = sums.filter(
    (sum) => sum.arithmetic !== first.arithmetic || (sum.isNode && sum.functions !== first.functions),
  )
  if (others.length > 0) throw new Error(`other bits than on ${first.name}:\n${JSON.stringify(sums, null, 2)}`)
}
