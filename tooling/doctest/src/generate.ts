import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { instrument } from './assertions.js'
import { extractFences, type Fence } from './extract.js'
import { typecheckFences, type Problem } from './typecheck.js'
import { documentedFiles, sourceEntries } from './workspace.js'

export interface GenerateOptions {
  /** The workspace whose documents are tested. */
  readonly root: string
  /** Where the tests are written; its parent holds the tsconfig.json that the fences are checked with. */
  readonly out: string
  /** Only files whose path begins with one of these; all without it. */
  readonly only?: readonly string[]
}

/** Writes one test file for each document that has ts fences. Returns the number of fences. */
export function generate({ root, out, only = [] }: GenerateOptions): number {
  const files = documentedFiles(root).filter(
    (file) => only.length === 0 || only.some((prefix) => file.startsWith(prefix)),
  )
  const fences = files.flatMap((file) => extractFences(file, readFileSync(join(root, file), 'utf8')))
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  const problems = typecheckFences(fences, sourceEntries(root), out)
  for (const [file, group] of groupByFile(fences)) {
    writeTestFile({ root, out, file, fences: group, problems: problems.filter((problem) => problem.file === file) })
  }
  return fences.length
}

interface TestFile {
  readonly root: string
  readonly out: string
  readonly file: string
  readonly fences: readonly Fence[]
  readonly problems: readonly Problem[]
}

function writeTestFile({ root, out, file, fences, problems }: TestFile): void {
  const slug = file.replaceAll(/[^\w.]+/g, '-')
  const tests = fences.map((fence) => {
    const { code, problems: misplaced } = instrument(fence.code, fence.line)
    const last = fence.line + fence.code.split('\n').length
    const own = [...problems, ...misplaced.map((problem) => ({ file, ...problem }))].filter(
      ({ line }) => line >= fence.line && line < last,
    )
    const name = `${slug}.line-${fence.line}.ts`
    // The blank lines give the generated module the line numbers of the document.
    if (fence.run) writeFileSync(join(out, name), `${'\n'.repeat(fence.line - 1)}${code}\nexport {}\n`)
    const options = {
      file,
      problems: own.map(({ line, message }) => `${file}:${line}: ${message}`),
      samples: join(root, 'packages/datasets/data'),
      generated: name,
    }
    const calls = [
      ...(fence.run ? [`load: () => import('./${name}')`] : []),
      ...(fence.run && fence.docstring ? ['prelude'] : []),
    ]
    const fields = [JSON.stringify(options).slice(1, -1), ...calls].join(', ')
    return `  test('line ${fence.line}', () => runFence({ ${fields} }))`
  })
  writeFileSync(
    join(out, `${slug}.test.ts`),
    [
      "import { describe, test } from 'vitest'",
      "import { prelude } from '../src/prelude.js'",
      "import { runFence } from '../src/run-fence.js'",
      '',
      'void prelude',
      `describe(${JSON.stringify(file)}, () => {`,
      ...tests,
      '})',
      '',
    ].join('\n'),
  )
}

function groupByFile(fences: readonly Fence[]): Map<string, Fence[]> {
  const groups = new Map<string, Fence[]>()
  for (const fence of fences) groups.set(fence.file, [...(groups.get(fence.file) ?? []), fence])
  return groups
}
