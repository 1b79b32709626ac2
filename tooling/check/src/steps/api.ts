import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import { publicPackages, type Unit } from '../packages.js'
import { fromProblems, type Step } from '../step.js'

/** The public API of each package as text, committed as `etc/NAME.api.md`: a change of it shows in the review. */
export const api: Step = {
  name: 'api',
  async run({ root, update }) {
    const packages = publicPackages(root)
    const entries = packages
      .flatMap((unit) => entriesOf(unit).map((entry) => ({ unit, entry })))
      .filter(({ unit, entry }) => !passesOn(join(unit.folder, entry.types)))
    const problems = entries.flatMap(({ unit, entry }) => report(root, unit, entry, update))
    return fromProblems(problems, `${entries.length} reports${update ? ' written' : ''}`)
  },
}

/** An entry point: where its declarations are, and what its report is called. */
interface Entry {
  readonly types: string
  readonly file: string
}

/** `@neurite/io/npz` is reported in `io-npz.api.md`. */
function entriesOf({ manifest }: Unit): Entry[] {
  return Object.entries(manifest.exports ?? {}).flatMap(([path, target]) => {
    const types = typeof target === 'string' ? undefined : target['types']
    const name = [manifest.name.replace(/^@.*\//, ''), ...path.split('/').slice(1)].join('-')
    return types === undefined ? [] : [{ types, file: `${name}.api.md` }]
  })
}

/** Whether an entry only passes on what packages export, as the umbrella's do: their own reports show it. */
function passesOn(declarations: string): boolean {
  return existsSync(declarations) && /^(export \* from '[^'.]+';?\s*)+$/.test(readFileSync(declarations, 'utf8'))
}

function report(root: string, { folder, manifest }: Unit, { types, file }: Entry, update: boolean): string[] {
  const problems: string[] = []
  const declarations = join(folder, types)
  if (!existsSync(declarations)) return [`${manifest.name}: ${types} does not exist: build first`]
  mkdirSync(join(folder, 'etc'), { recursive: true })
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: join(folder, 'package.json'),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: declarations,
      // The declarations are read as a user's compiler reads them: without the source condition.
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'ES2022',
            lib: ['ES2022', 'ESNext.Disposable', 'DOM'],
            module: 'ESNext',
            moduleResolution: 'bundler',
            skipLibCheck: true,
            strict: true,
            types: [],
          },
          files: [declarations],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: file,
        reportFolder: join(folder, 'etc'),
        reportTempFolder: join(root, 'tooling/check/.generated/api'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.None },
          'ae-forgotten-export': { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: true },
        },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
  })
  const result = Extractor.invoke(config, {
    localBuild: update,
    messageCallback: (message) => {
      message.handled = true
      if (message.logLevel === ExtractorLogLevel.Error) problems.push(`${manifest.name}: ${message.text}`)
    },
  })
  if (result.apiReportChanged && !update) {
    const path = relative(root, join(folder, 'etc', file))
    problems.push(`${path} does not show today's public API. If the change is meant: pnpm api:update, and commit it.`)
  }
  return problems
}
