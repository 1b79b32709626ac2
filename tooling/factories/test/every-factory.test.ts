import { NeuriteError } from '@neurite/core'
import { show } from '@neurite/core/arguments'
import { describe, expect, test } from 'vitest'
import { declarationsOf, valueOf, type Declared, type Parameter } from '../src/declared.js'
import { ENTRIES } from '../src/entries/index.js'
import type { Factory } from '../src/factory.js'
import { kindOf, type Kind } from '../src/kinds.js'
import { copy, freeze, plain, spoil } from '../src/values.js'

const DECLARED = declarationsOf(ENTRIES.map(({ source }) => source))

type Options = Readonly<Record<string, unknown>>

const CASES = ENTRIES.flatMap(({ source, factories, kinds = {} }) =>
  Object.entries(factories).map(([name, factory]) => ({
    name,
    factory,
    ...optionsOf(DECLARED.get(source)!.get(name) ?? [], factory),
    kindOf: (declared: Declared): Kind => {
      const kind = factory.kinds?.[declared.name] ?? kindOf(declared, kinds)
      if (kind === undefined)
        throw new Error(`${name}: say in the table of what kind ${declared.name} is (${declared.type}).`)
      return kind
    },
  })),
)

/** The arguments and the options of the signature that takes options after what is given, or the first. */
function optionsOf(
  signatures: readonly (readonly Parameter[])[],
  { given = [] }: Factory,
): {
  readonly parameters: readonly Parameter[]
  readonly options: readonly Declared[]
  readonly takesOptions: boolean
} {
  const signature = signatures.find((one) => one[given.length]?.takesOptions) ?? signatures[0] ?? []
  const at = signature[given.length]
  if (at !== undefined && !at.takesOptions && at.name === 'options')
    throw new Error(`${at.type} is not seen as options.`)
  return {
    parameters: signature.slice(0, given.length),
    options: at?.options ?? [],
    takesOptions: at?.takesOptions ?? false,
  }
}

describe.each(CASES)('$name', ({ name, factory, parameters, options, takesOptions, kindOf: kind }) => {
  const { given = [], options: needed, beside = {}, quiet = {}, standard = {} } = factory
  /** Called with the arguments, and with options if there are any. */
  const call = async (args: readonly unknown[], chosen: unknown): Promise<never> =>
    (await Reflect.apply(factory.make, undefined, chosen === undefined ? args : [...args, chosen])) as never
  const made = (more?: Options, args = given): Promise<never> =>
    call(args, needed === undefined && more === undefined ? undefined : { ...needed, ...more })
  /** What it does, as plain data. */
  const does = async (more?: Options): Promise<unknown> => plain(await factory.tried(await made(more)))
  const optional = options.filter((option) => option.optional)

  const refuses = async (make: () => Promise<never>, what: string, ...words: readonly string[]): Promise<void> => {
    let text = 'taken'
    try {
      await factory.tried(await make())
    } catch (error) {
      text = NeuriteError.isInstance(error) ? error.message : `raw: ${String(error)}`
    }
    expect(text, `${what} must be refused`).toMatch(new RegExp(`^${factory.called ?? name}\\b`))
    for (const word of words) expect(text, what).toContain(word)
  }

  if (takesOptions)
    test('refuses unknown options, and says which were meant', async () => {
      for (const value of ['text', 3, true, [], null, new Date(0)])
        await refuses(() => call(given, value), `${show(value)} for options`)
      const all = options.map((option) => option.name)
      await refuses(() => made({ zzz: 1 }), 'zzz', "unknown option 'zzz'", 'UNKNOWN_OPTION', ...all)
      for (const option of all)
        for (const wrong of misspellings(option, all))
          await refuses(() => made({ [wrong]: 1 }), wrong, `unknown option '${wrong}'`, `Did you mean '${option}'?`)
    })

  if (!takesOptions && needed === undefined)
    test('refuses options: it takes none', () => refuses(() => call(given, { zzz: 1 }), 'options'))

  test('refuses wrong values by name', async () => {
    for (const option of options)
      for (const value of kind(option).wrong)
        await refuses(
          () => made({ ...beside[option.name], [option.name]: value }),
          `${option.name}: ${show(value)}`,
          option.name,
        )
    for (const option of options.filter((one) => !one.optional))
      await refuses(() => made({ [option.name]: undefined }), `${option.name}: undefined`, option.name)
    for (const [i, parameter] of parameters.entries())
      for (const value of kind(parameter).wrong) {
        const args = given.map((argument, j) => (i === j ? value : argument))
        await refuses(() => made(undefined, args), `${parameter.name}: ${show(value)}`, parameter.name)
      }
  })

  if (optional.length > 0)
    test('has the defaults that are documented', async () => {
      for (const { name: one, standard: text, type, words } of optional) {
        const { [one]: _, ...without } = { ...needed, ...beside[one] }
        const absent = await call(given, without)
        const usual = await plain(await factory.tried(absent))
        expect(await does({ ...beside[one], [one]: undefined }), `${one}: undefined`).toEqual(usual)
        const inWords = Object.hasOwn(standard, one)
        const value = inWords ? { value: standard[one] } : text === undefined ? undefined : valueOf(text)
        if (PLAIN.includes(type) || words !== undefined)
          expect(value ?? text, `${one} needs a documented default`).toBeDefined()
        if (value === undefined) continue
        expect(await does({ ...beside[one], [one]: value.value }), `${one}: ${show(value.value)}`).toEqual(usual)
        const said = factory.says?.(absent) ?? {}
        if (Object.hasOwn(said, one) && !inWords) expect(said[one], one).toEqual(value.value)
      }
    })

  if (options.length > 0)
    test('heeds every option', async () => {
      for (const { name: one, ...option } of options) {
        if (Object.hasOwn(quiet, one)) continue
        const usual = JSON.stringify(await does(beside[one]))
        const others = await Promise.all(
          kind({ name: one, ...option }).right.map((value) => does({ ...beside[one], [one]: value })),
        )
        expect(
          others.some((other) => JSON.stringify(other) !== usual),
          `${one} has an effect`,
        ).toBe(true)
      }
    })

  /** Each option with each value that suits it, and none. */
  const variants = (): readonly (Options | undefined)[] => [
    undefined,
    ...options.flatMap((option) =>
      kind(option).right.map((value) => ({ ...beside[option.name], [option.name]: value })),
    ),
  ]

  test('is the same twice, changes nothing that it was given, and keeps nothing that others may change', async () => {
    const chosen = variants().filter((more) => Object.values(more ?? {}).some((value) => typeof value === 'object'))
    for (const more of [undefined, ...chosen]) {
      const what = JSON.stringify(more)
      const usual = await does(more)
      const all = needed === undefined && more === undefined ? undefined : { ...needed, ...more }
      const first = await call(freeze(copy(given)), freeze(copy(all)))
      expect(await plain(await factory.tried(first)), `of frozen arguments ${what}`).toEqual(usual)
      expect(await plain(await factory.tried(first)), `at work again ${what}`).toEqual(usual)
      const mine = [copy(given), copy(all)] as const
      const before = await plain(mine)
      const second = await call(...mine)
      await factory.tried(second)
      expect(await plain(mine)).toEqual(before)
      mine.forEach(spoil)
      expect(await plain(await factory.tried(second)), `of arguments that changed afterwards ${what}`).toEqual(usual)
    }
  })

  if (factory.restored !== undefined)
    test('is the same when it was saved and restored', async () => {
      for (const more of variants())
        expect(await plain(await factory.restored!(await made(more))), show(more)).toEqual(await does(more))
    })
})

/** Options of these types have a default that is a value, or words that stand for one. */
const PLAIN = ['number', 'boolean']

/** Ways in which people write a name wrong, but for those that could mean another. */
function misspellings(name: string, all: readonly string[]): readonly string[] {
  const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  const initials = (text: string): string => text[0]! + text.replaceAll(/[^A-Z]/g, '').toLowerCase()
  const short = initials(name)
  return [
    name.toUpperCase(),
    snake,
    ...(name.length > 4 ? [`${name.slice(0, 2)}${name.slice(3)}`] : []),
    ...(short.length > 1 && all.filter((other) => initials(other) === short).length === 1 ? [short] : []),
  ].filter((wrong) => !all.includes(wrong))
}
