import { join, resolve } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { publicPackages } from '../src/packages.js'

const root = resolve(import.meta.dirname, '../../..')

/** The source of every package's main entry; the umbrella's passes on what others have. */
const ENTRIES = publicPackages(root).flatMap(({ folder, manifest }) => {
  const target = manifest.exports?.['.']
  const source = typeof target === 'object' ? target['@neurite/source'] : undefined
  return source === undefined || manifest.name === 'neurite'
    ? []
    : [{ name: manifest.name, file: join(folder, source) }]
})

/** What each name, of a value or of a type, stands for in the packages whose main entry exports it. */
function namesOf(entries: typeof ENTRIES): Map<string, { readonly symbol: ts.Symbol; readonly from: string }[]> {
  const program = ts.createProgram(
    entries.map(({ file }) => file),
    {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      customConditions: ['@neurite/source'],
      types: [],
      noEmit: true,
    },
  )
  const checker = program.getTypeChecker()
  const found = new Map<string, { symbol: ts.Symbol; from: string }[]>()
  for (const { name, file } of entries) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!
    for (const exported of checker.getExportsOfModule(module)) {
      const aliased = (exported.flags & ts.SymbolFlags.Alias) !== 0
      const symbol = aliased ? checker.getAliasedSymbol(exported) : exported
      found.set(exported.name, [...(found.get(exported.name) ?? []), { symbol, from: name }])
    }
  }
  return found
}

test('no name means two things: a program imports all packages flat', { timeout: 120_000 }, () => {
  const names = namesOf(ENTRIES)
  const collisions = [...names].flatMap(([name, homes]) =>
    new Set(homes.map(({ symbol }) => symbol)).size > 1 ? [`${name}: ${homes.map(({ from }) => from).join(', ')}`] : [],
  )
  expect(collisions).toEqual([])
  // The names are really read: values and types, of several packages.
  for (const [name, home] of Object.entries({ tensor: 'core', Loss: 'losses', dense: 'nn', Optimizer: 'optimizers' }))
    expect(names.get(name)?.map(({ from }) => from)).toEqual([`@neurite/${home}`])
})
