import { nice, tickIncrement, ticks } from 'd3-array'
import { magnitude } from '../i18n/format.js'

export type Ends = readonly [from: number, to: number]

/** From numbers to pixels, as d3-scale has it; but that brings colours, dates and locales along to every page that draws an axis. */
export interface Scale {
  (value: number): number
  invert(pixel: number): number
  readonly domain: Ends
  readonly range: Ends
  /** Round numbers of the domain, about so many. */
  ticks(count: number): readonly number[]
  /** What to write at each of them; nothing where others are too near. */
  tickFormat(count: number): (value: number) => string
}

export interface ScaleOptions {
  /** Whether the domain ends at round numbers. Default false. */
  readonly nice?: boolean
  /** Whether all pixels lie in the range. Default false. */
  readonly clamp?: boolean
}

/** To what share of the way from one end to the other a number stands, and back. */
const shareOf = ([from, to]: Ends, value: number): number => (from === to ? 0.5 : (value - from) / (to - from))
const atShare = ([from, to]: Ends, share: number): number => from * (1 - share) + to * share

/** As many ticks as a nice domain has in d3. */
const NICE = 10

export function scaleLinear(ends: Ends, range: Ends, options: ScaleOptions = {}): Scale {
  const domain = options.nice === true ? nice(...ends, NICE) : ends
  const place = (value: number): number => atShare(range, within(shareOf(domain, value), options))
  return Object.assign(place, {
    domain,
    range,
    invert: (pixel: number) => atShare(domain, shareOf(range, pixel)),
    ticks: (count: number) => ticks(...domain, count),
    tickFormat(count: number) {
      // An increment below 1 comes as its negated inverse: -5 for 0.2.
      const step = tickIncrement(Math.min(...domain), Math.max(...domain), count)
      const digits = step < 0 ? Math.ceil(Math.log10(-step) - 1e-9) : 0
      const format = new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
      return (value: number) => format.format(value === 0 ? 0 : value).replace('-', '−')
    },
  })
}

const power = (exponent: number): number => Number(`1e${exponent}`)

/** For positive numbers: equal steps are equal factors. */
export function scaleLog([from, to]: Ends, range: Ends, options: ScaleOptions = {}): Scale {
  const [floor, ceil] = from < to ? [Math.floor, Math.ceil] : [Math.ceil, Math.floor]
  const logs: Ends =
    options.nice === true ? [floor(Math.log10(from)), ceil(Math.log10(to))] : [Math.log10(from), Math.log10(to)]
  const domain: Ends = options.nice === true ? [power(logs[0]), power(logs[1])] : [from, to]
  const place = (value: number): number => atShare(range, within(shareOf(logs, Math.log10(value)), options))
  const ticksOf = (count: number): number[] => logTicks(domain, logs, count)
  return Object.assign(place, {
    domain,
    range,
    invert: (pixel: number) => 10 ** atShare(logs, shareOf(range, pixel)),
    ticks: ticksOf,
    tickFormat(count: number) {
      const most = Math.max(1, (10 * count) / ticksOf(10).length)
      return (value: number) =>
        value / power(Math.floor(Math.log10(value) + 1e-9)) <= most + 1e-9 ? magnitude(value) : ''
    },
  })
}

/** All whole multiples of powers of ten, or, of many magnitudes, some powers of ten; of less than one, round numbers. */
function logTicks(domain: Ends, logs: Ends, count: number): number[] {
  const [low, high] = [Math.min(...domain), Math.max(...domain)]
  const [least, most] = [Math.min(...logs), Math.max(...logs)]
  const up = (found: number[]): number[] => (domain[0] > domain[1] ? found.toReversed() : found)
  if (most - least >= count) return up(ticks(least, most, Math.min(most - least, count)).map(power))
  const all: number[] = []
  for (let i = Math.floor(least); i <= Math.ceil(most); i++)
    for (let k = 1; k < 10; k++) all.push(i < 0 ? k / power(-i) : k * power(i))
  const inside = all.filter((value) => value >= low && value <= high)
  return up(2 * inside.length < count ? ticks(low, high, count) : inside)
}

const within = (share: number, { clamp = false }: ScaleOptions): number =>
  clamp ? Math.min(1, Math.max(0, share)) : share
