import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { packAll, type Tarball } from '../pack.js'
import { execute, fromProblems, type Step } from '../step.js'

/** publint and attw on each package as `pnpm pack` makes it: what users install, not what lies in the folder. */
export const tarballs: Step = {
  name: 'packages',
  async run({ root }) {
    const packed = await packAll(root)
    const problems: string[] = []
    for (const item of packed) problems.push(...(await publintProblems(item)), ...(await attwProblems(item)))
    return fromProblems(problems, `${packed.length} tarballs`)
  },
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
