import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** An option as its type and its documentation declare it. */
export interface Declared {
  readonly name: string
  readonly optional: boolean
  /** As TypeScript prints it, without undefined. */
  readonly type: string
  /** The words, where it is one of some. */
  readonly words: readonly string[] | undefined
  /** An interval, `[0, 1)`, where the documentation says one. */
  readonly range: string | undefined
  /** Documented as a whole number. */
  readonly whole: boolean
  /** What stands after «Default». */
  readonly standard: string | undefined
}

/** A parameter that is no options object, or the options. */
export interface Parameter extends Declared {
  readonly options: readonly Declared[]
  /** Whether it is an object of options, of which there may be none. */
  readonly takesOptions: boolean
}

/** The parameters of each exported function, one list a signature. */
export type Declarations = ReadonlyMap<string, readonly (readonly Parameter[])[]>

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** Reads what entry points export, from their sources. Paths are from the repository's root. */
export function declarationsOf(entries: readonly string[]): ReadonlyMap<string, Declarations> {
  const program = ts.createProgram(
    entries.map((entry) => ROOT + entry),
    {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts'],
      customConditions: ['@neurite/source'],
    },
  )
  const checker = program.getTypeChecker()
  return new Map(entries.map((entry) => [entry, exportsOf(checker, program.getSourceFile(ROOT + entry)!)]))
}

function exportsOf(checker: ts.TypeChecker, file: ts.SourceFile): Declarations {
  const declared = new Map<string, readonly (readonly Parameter[])[]>()
  for (const exported of checker.getExportsOfModule(checker.getSymbolAtLocation(file)!)) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
    if (!(symbol.flags & ts.SymbolFlags.Value)) continue
    const signatures = checker.getTypeOfSymbolAtLocation(symbol, file).getCallSignatures()
    declared.set(
      exported.name,
      signatures.map((signature) => parametersOf(checker, file, signature)),
    )
  }
  return declared
}

function parametersOf(checker: ts.TypeChecker, file: ts.SourceFile, signature: ts.Signature): readonly Parameter[] {
  return signature.parameters.map((parameter) => {
    const text = ts.displayPartsToString(parameter.getDocumentationComment(checker)).replaceAll(/\s+/g, ' ')
    const type = checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(parameter, file))
    const takesOptions = isOptions(checker, type)
    return {
      ...declaredOf(checker, file, parameter, text, ''),
      takesOptions,
      options: takesOptions
        ? checker.getPropertiesOfType(type).map((option) => {
            const own = ts.displayPartsToString(option.getDocumentationComment(checker)).replaceAll(/\s+/g, ' ')
            return declaredOf(checker, file, option, own, said(text, option.name))
          })
        : [],
    }
  })
}

/** What the documentation of `options` says of one of them: from its name in quotes to the next. */
function said(text: string, name: string): string {
  const [, after = ''] = text.split(`\`${name}\``)
  return after.split(/[`;]/)[0]!
}

function isOptions(checker: ts.TypeChecker, type: ts.Type): boolean {
  return (
    (type.flags & ts.TypeFlags.Object) !== 0 &&
    type.getCallSignatures().length === 0 &&
    !checker.isArrayLikeType(type) &&
    checker
      .getPropertiesOfType(type)
      .every(({ valueDeclaration }) => valueDeclaration === undefined || ts.isPropertySignature(valueDeclaration))
  )
}

/** @param nearer - what the function itself says, which goes before what a shared type says */
function declaredOf(
  checker: ts.TypeChecker,
  file: ts.SourceFile,
  symbol: ts.Symbol,
  text: string,
  nearer: string,
): Declared {
  const declaration = symbol.valueDeclaration ?? file
  const type = checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(symbol, declaration))
  const parts = type.isUnion() ? type.types : [type]
  return {
    name: symbol.name,
    optional:
      (symbol.flags & ts.SymbolFlags.Optional) !== 0 ||
      (ts.isParameter(declaration) && (declaration.initializer ?? declaration.questionToken) !== undefined),
    type: checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation),
    words: parts.every((part) => part.isStringLiteral()) ? parts.map((part) => String(part.value)) : undefined,
    range: rangeIn(nearer) ?? rangeIn(text),
    whole: /whole|how many|\bsteps a\b/i.test(`${nearer} ${text}`),
    standard: defaultIn(nearer) ?? defaultIn(text),
  }
}

const NUMBER = String.raw`-?\d[\d.e^-]*\d|\d`

function rangeIn(text: string): string | undefined {
  const interval = new RegExp(String.raw`in ([[(](?:${NUMBER}), (?:${NUMBER})[\])])`).exec(text)
  if (interval !== null) return interval[1]
  const between = new RegExp(`from (${NUMBER}) to (${NUMBER})`).exec(text)
  if (between !== null) return `[${between[1]}, ${between[2]}]`
  const least = new RegExp(`(>=|>|at least|above) (${NUMBER})`, 'i').exec(text)
  if (least === null) return undefined
  return `${/>=|at least/i.test(least[1]!) ? '[' : '('}${least[2]}, Infinity)`
}

/** A default ends where its sentence does. */
function defaultIn(text: string): string | undefined {
  const plain = /\bdefault:? (\[[^\]]*\]|'[^']*'|-?\d[\d,]*(?:[.^e]-?\d+)*)(?![\w/]| GiB| each)/i.exec(text)
  if (plain !== null) return plain[1]!.replace(/,$/, '')
  if (/'(\w+)' \(default\)/.test(text)) return /('\w+') \(default\)/.exec(text)![1]
  return /\bdefault:? (.+?)(?:[.;)]? *$|[.;,)] |[:;] |\)|,$| steps?\b)/i.exec(text)?.[1]
}

/** The value that a documented default spells, if it is one and no words. */
export function valueOf(text: string): { readonly value: unknown } | undefined {
  const power = /^(\d+)\^(\d+)$/.exec(text)
  if (power !== null) return { value: Number(power[1]) ** Number(power[2]) }
  const plain = text.replaceAll(/^`|`$/g, '').replaceAll(/(?<=\d),(?=\d{3})/g, '')
  try {
    return { value: JSON.parse(plain.replaceAll("'", '"')) as unknown }
  } catch {
    return undefined
  }
}
