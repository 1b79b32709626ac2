import { dirname, join } from 'node:path'
import ts from 'typescript'
import type { Fence } from './extract.js'
import type { SourceEntry } from './workspace.js'

/** A complaint of the compiler at a line of a document. */
export interface Problem {
  readonly file: string
  readonly line: number
  readonly message: string
}

/**
 * Type-checks all fences in one program, with the compiler options of the packages plus DOM and Node.
 *
 * @param folder where the fences pretend to lie: imports that no entry answers are resolved from there
 */
export function typecheckFences(fences: readonly Fence[], entries: readonly SourceEntry[], folder: string): Problem[] {
  const options = compilerOptions(folder, entries)
  const virtual = new Map(fences.map((fence, i) => [join(folder, `fence-${i}.ts`), fence]))
  const host = ts.createCompilerHost(options)
  const { fileExists, getSourceFile } = host
  host.fileExists = (path) => virtual.has(path) || fileExists(path)
  host.getSourceFile = (path, target, ...rest) => {
    const fence = virtual.get(path)
    return fence === undefined
      ? getSourceFile(path, target, ...rest)
      : ts.createSourceFile(path, `${fence.code}\nexport {}\n`, target)
  }
  const program = ts.createProgram([...virtual.keys()], options, host)
  return [...virtual].flatMap(([path, fence]) => {
    const source = program.getSourceFile(path)
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    return found.map((diagnostic) => ({
      file: fence.file,
      line: fence.line + (source?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 0),
      message: `TS${diagnostic.code}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')}`,
    }))
  })
}

function compilerOptions(folder: string, entries: readonly SourceEntry[]): ts.CompilerOptions {
  const configPath = join(dirname(folder), 'tsconfig.json')
  const { config } = ts.readConfigFile(configPath, (path) => ts.sys.readFile(path)) as { config: unknown }
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, dirname(folder), {
    lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts'],
  })
  const paths = Object.fromEntries(entries.map(({ specifier, path }) => [specifier, [path]]))
  return { ...options, paths, noUnusedLocals: false, noEmit: true }
}
