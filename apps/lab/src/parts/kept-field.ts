import type { Field } from '../state/fields.js'
import { LETTERS, SETTINGS, type KeptRun, type Letter, type Line, type Setting } from './kept-runs.js'

/** The longest text in a link; what else a lab says there fits beside it. */
const LONGEST = 3000
/** Points of a curve, from many to few: as many as fit. */
const POINTS = [32, 16, 8] as const
const [MOST_GROUP, MOST_SETTING, MOST_FIGURES, MOST_FIGURE, MOST_LINES] = [240, 80, 4, 24, 4]

/** A run as a link has it: letter, group, settings, figures, and curves as x, y, x, y, ... */
type Written = readonly [
  letter: string,
  group: string,
  settings: Readonly<Partial<Record<Setting, string>>>,
  figures: readonly string[],
  lines: Readonly<Record<string, readonly number[]>>,
]

/**
 * Kept runs in a lab's link: their settings and figures, their curves with fewer points. Empty where they are too long for a link.
 *
 * @param travels - whether a run may stand in a link. Default: every one
 */
export function keptField(travels: (run: KeptRun) => boolean = () => true): Field<readonly KeptRun[]> {
  return {
    initial: [],
    staysAtReset: true,
    parse(text) {
      if (text.length > LONGEST) return undefined
      try {
        const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
        return read(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
      } catch {
        return undefined
      }
    },
    format(runs) {
      const going = runs.filter(travels)
      if (going.length === 0) return ''
      const texts = POINTS.map((points) => encoded(going.map((run) => written(run, points))))
      return texts.find((text) => text.length <= LONGEST) ?? ''
    },
  }
}

function written({ letter, group, settings, figures, lines }: KeptRun, points: number): Written {
  const flat = Object.entries(lines).map(([name, line]) => [name, thinned(line, points).flat().map(rounded)] as const)
  return [letter, group, settings, figures, Object.fromEntries(flat)]
}

const rounded = (value: number): number => Number(value.toPrecision(4))

/** Evenly, with both ends. */
const thinned = (line: Line, points: number): Line =>
  line.length <= points
    ? line
    : Array.from({ length: points }, (_, k) => line[Math.round((k * (line.length - 1)) / (points - 1))]!)

function encoded(runs: readonly Written[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(runs))
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

function read(given: unknown): readonly KeptRun[] | undefined {
  if (!Array.isArray(given) || given.length > LETTERS.length) return undefined
  const runs = given.map(runOf)
  const known = runs.filter((run) => run !== undefined)
  const distinct = new Set(known.map(({ letter }) => letter)).size
  return known.length === given.length && distinct === given.length ? known : undefined
}

function runOf(given: unknown): KeptRun | undefined {
  if (!Array.isArray(given) || given.length !== 5) return undefined
  const [letter, group, settings, figures, lines] = given as unknown[]
  if (!LETTERS.some((known) => known === letter) || !isText(group, MOST_GROUP)) return undefined
  const told = entriesOf(settings, SETTINGS.length).filter(
    ([name, value]) => SETTINGS.some((known) => known === name) && isText(value, MOST_SETTING),
  )
  const curves = entriesOf(lines, MOST_LINES).map(([name, values]) => [name, lineOf(values)] as const)
  if (told.length !== entriesOf(settings, Infinity).length || curves.length !== entriesOf(lines, Infinity).length)
    return undefined
  if (curves.some(([name, line]) => !/^[a-zA-Z]{1,20}$/.test(name) || line === undefined)) return undefined
  if (!Array.isArray(figures) || figures.length > MOST_FIGURES) return undefined
  if (!figures.every((figure): figure is string => isText(figure, MOST_FIGURE))) return undefined
  return {
    letter: letter as Letter,
    group,
    settings: Object.fromEntries(told),
    figures,
    lines: Object.fromEntries(curves.map(([name, line]) => [name, line ?? []])),
  }
}

const isText = (value: unknown, most: number): value is string => typeof value === 'string' && value.length <= most

const entriesOf = (given: unknown, most: number): (readonly [string, unknown])[] =>
  typeof given === 'object' && given !== null && !Array.isArray(given) ? Object.entries(given).slice(0, most) : []

function lineOf(given: unknown): Line | undefined {
  if (!Array.isArray(given) || given.length % 2 === 1 || given.length > 2 * POINTS[0]) return undefined
  if (!given.every((value): value is number => typeof value === 'number' && Number.isFinite(value))) return undefined
  return Array.from({ length: given.length / 2 }, (_, k) => [given[2 * k]!, given[2 * k + 1]!] as const)
}
