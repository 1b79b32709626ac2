import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { packAll, type Tarball } from '../pack.js'
import { execute, fromProblems, type Step } from '../step.js'
import { TARBALL_BUDGETS, type TarballBudget } from '../tarball-budgets.js'

/** publint, attw, sizes and scripts of each package as `pnpm pack` makes it: what users install, not what lies in the folder. */
export const tarballs: Step = {
  name: 'packages',
  async run({ root }) {
    const packed = await packAll(root)
    const problems: string[] = []
    for (const item of packed) {
      const { name, scripts } = item.manifest
      problems.push(
        ...sizeProblems(name, readFileSync(item.tarball), TARBALL_BUDGETS[name]),
        ...scriptProblems(name, scripts),
        ...(await publintProblems(item)),
        ...(await attwProblems(item)),
      )
    }
    return fromProblems(problems, `${packed.length} tarballs`)
  },
}

/** A tarball that is larger than its budget, packed or not, or has none. */
export function sizeProblems(name: string, tarball: Uint8Array, budget: TarballBudget | undefined): string[] {
  if (budget === undefined) return [`${name} has no budget in tooling/check/src/tarball-budgets.ts`]
  const sizes = { packed: tarball.byteLength, unpacked: gunzipSync(tarball).byteLength }
  return (['packed', 'unpacked'] as const)
    .filter((state) => sizes[state] > 1000 * budget[state])
    .map((state) => `${name}: ${Math.ceil(sizes[state] / 1000)} kB ${state}, more than ${budget[state]}`)
}

/** What npm would run on the machine of who installs the package: nothing. */
export function scriptProblems(name: string, scripts: Readonly<Record<string, string>> = {}): string[] {
  const found = Object.keys(scripts).filter((script) => /^(pre|post)?install$/.test(script))
  return found.map((script) => `${name} has a script '${script}', which runs where it is installed`)
}

async function publintProblems({ tarball, manifest }: Tarball): Promise<string[]> {
  const bytes = readFileSync(tarball)
  const data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  const { messages, pkg } = await publint({ pack: { tarball: data }, strict: true, level: 'suggestion' })
  return messages
    .filter(({ type }) => type !== 'suggestion')
    .map((message) => `${manifest.name}: publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`)
}

async function attwProblems({ tarball, manifest }: Tarball): Promise<string[]> {
  const require = createRequire(import.meta.url)
  const cli = join(dirname(require.resolve('@arethetypeswrong/cli/package.json')), 'dist/index.js')
  const data = Object.entries(manifest.exports ?? {})
    .filter(([, target]) => typeof target === 'string')
    .map(([path]) => path.slice(2))
  const exclude = data.length === 0 ? [] : ['--exclude-entrypoints', ...data]
  const { ok, output } = await execute(
    dirname(tarball),
    process.execPath,
    cli,
    tarball,
    '--profile',
    'esm-only',
    '--no-color',
    '--no-emoji',
    ...exclude,
  )
  return ok ? [] : [`${manifest.name}: attw:\n${output}`]
}
