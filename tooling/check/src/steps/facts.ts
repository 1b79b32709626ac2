import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { ARROWS } from '@tooling/eslint-config/arrows'
import { BUDGETS } from '../budgets.js'
import { deadLinks, linksOut } from '../links.js'
import { addressOf, publicPackages, readManifest, type Unit } from '../packages.js'
import { fromProblems, type Step } from '../step.js'

/**
 * What documents say of the house is what the house is: which packages there are, who imports whom, how many primitives. A fact
 * stands between `<!-- fact:NAME -->` and `<!-- /fact -->`, and is written anew by `--update`. And links lead somewhere,
 * those of a package's README also from its tarball.
 */
export const facts: Step = {
  name: 'facts',
  async run({ root, update }) {
    const known = factsOf(root)
    const problems: string[] = []
    let count = 0
    for (const path of documentsOf(root)) {
      const name = relative(root, path)
      const text = readFileSync(path, 'utf8')
      const fresh = text.replaceAll(FACT, (whole: string, fact: string, inner: string) => {
        count++
        const value = known.get(fact)
        if (value === undefined)
          problems.push(`${name}: there is no fact '${fact}'; known: ${[...known.keys()].join(', ')}`)
        else if (value !== inner && !update)
          problems.push(`${name}: the fact '${fact}' is out of date: pnpm api:update`)
        return value === undefined ? whole : `<!-- fact:${fact} -->${value}<!-- /fact -->`
      })
      if (update && fresh !== text) writeFileSync(path, fresh)
      problems.push(...strangers(root, text).map((stranger) => `${name} speaks of ${stranger}, which does not exist`))
    }
    const address = addressOf(readManifest(root).repository)
    for (const path of [...documentsOf(root), ...others(root)])
      problems.push(...deadLinks(root, path, address).map((problem) => `${relative(root, path)} ${problem}`))
    for (const unit of publicPackages(root))
      problems.push(...linksOut(unit, address).map((problem) => `${relative(root, unit.folder)}/README.md ${problem}`))
    return fromProblems(problems, `${count} facts`)
  },
}

const FACT = /<!-- fact:([a-z-]+) -->([\s\S]*?)<!-- \/fact -->/g

function factsOf(root: string): Map<string, string> {
  // From the ground up, as the arrows are listed.
  const floor = ({ folder }: Unit): number => {
    const name = basename(folder)
    return Object.keys(ARROWS).indexOf(name.startsWith('backend-') ? 'backend-*' : name)
  }
  const packages = publicPackages(root).sort((a, b) => floor(a) - floor(b))
  const rows = packages.map(({ folder, manifest: { name, description = '' } }) => {
    return `| [${name}](${relative(root, folder)}) | ${description.replace(/\.$/, '')} |`
  })
  const table = readFileSync(join(root, 'packages/core/src/primitive/table.ts'), 'utf8')
  return new Map([
    ['packages', `\n| package | what it is |\n| --- | --- |\n${rows.join('\n')}\n`],
    ['arrows', `\n${diagram()}\n`],
    ['primitives', `${[...table.matchAll(/: primitives\.\w+,/g)].length}`],
    ['size-loop', limitOf('W1 trainer')],
    ['size-fit', limitOf('fit')],
  ])
}

/** What a program may weigh, in kB. */
function limitOf(name: string): string {
  return String(BUDGETS.find((budget) => budget.name === name)!.limit)
}

/** The arrows as a flow chart. A package that another one imports anyway is not drawn again, so that the picture stays readable. */
function diagram(): string {
  const imports = new Map(Object.entries(ARROWS).map(([name, { imports: names }]) => [name, names]))
  const reach = (name: string): Set<string> =>
    new Set((imports.get(name) ?? []).flatMap((next) => [next, ...reach(next)]))
  const direct = (name: string): string[] => {
    const names = imports.get(name) ?? []
    return names.filter((target) => !names.some((other) => other !== target && reach(other).has(target)))
  }
  const id = (name: string): string => (name === 'backend-*' ? 'backends["backend-..."]' : name)
  const lines = [...imports.keys()].flatMap((name) => {
    const targets = direct(name)
    return targets.length === 0 ? [] : [`  ${id(name)} --> ${targets.map(id).join(' & ')}`]
  })
  return ['```mermaid', 'flowchart TD', ...lines, '```'].join('\n')
}

/** Packages that a text names and that there are not. */
function strangers(root: string, text: string): string[] {
  const there = new Set(readdirSync(join(root, 'packages')))
  const named = [...text.matchAll(/@neurite\/([a-z]+(?:-[a-z]+)*)|(?<![\w-])(backend-[a-z]+)\b/g)]
  const names = new Set(named.map(([, scoped, backend]) => scoped ?? backend ?? ''))
  return [...names].filter((name) => !there.has(name) && !EXAMPLES.has(name)).sort()
}

/** Names that stand for a reader's own package, and the export condition. */
const EXAMPLES = new Set(['source', 'backend-mine', 'backend-gpu'])

function documentsOf(root: string): string[] {
  const all = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'].map((name) => join(root, name)).filter(existsSync)
  return [...all, ...guidesIn(root, 'docs'), ...readmesIn(root, 'packages'), ...readmesIn(root, 'apps')]
}

/** Documents that may speak of what is not, or no longer, there. */
function others(root: string): string[] {
  return [...guidesIn(root, 'docs/decisions'), ...readmesIn(root, 'tooling')]
}

function guidesIn(root: string, folder: string): string[] {
  return entriesOf(join(root, folder)).filter((path) => path.endsWith('.md'))
}

function readmesIn(root: string, folder: string): string[] {
  return entriesOf(join(root, folder))
    .map((path) => join(path, 'README.md'))
    .filter(existsSync)
}

function entriesOf(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
}
