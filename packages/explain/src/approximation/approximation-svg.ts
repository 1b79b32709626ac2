import { checkArgument, tensor } from '@neurite/core'
import { aFunction, having, optional, readOptions } from '@neurite/core/arguments'
import { round, svgDocument, svgText } from '../drawing/svg.js'
import { shortNumber } from '../drawing/text.js'
import { COLORS, drawingReaders, type Colors, type DrawingOptions } from '../drawing/theme.js'
import type { Approximation } from './approximate.js'
import type { RealFunction } from './box.js'

const anApproximation = /* @__PURE__ */ having<Approximation>(
  'what approximate gives (await it)',
  'weights',
  'evaluate',
  'domain',
)

const POINTS = 240
const CELLS = 36
const MARGIN = 44

/**
 * An approximation as an SVG image. Of a function of one number: F, f if it is given (dashed), and the curve of each neuron,
 * v_i phi(w_i x + b_i), of which F is the sum (chapter 4.1). Of two: F as a map of colours, and beside it F - f if f is given.
 *
 * @param f - what was approximated, drawn for comparison
 * @throws NeuriteError `INVALID_ARGUMENT`, also for functions of three numbers, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { approximate, approximationSvg } from '@neurite/explain'
 * const F = await approximate(Math.abs, { domain: [-1, 1], neurons: 5 })
 * const svg = await approximationSvg(F, Math.abs, { width: 390 })
 * svg.includes('5 neurons') // => true
 * ```
 */
export async function approximationSvg(
  approximation: Approximation,
  f?: RealFunction,
  options: DrawingOptions = {},
): Promise<string> {
  const { theme, width, title } = readOptions('approximationSvg', options, drawingReaders)
  anApproximation('approximationSvg', 'approximation', approximation)
  optional(aFunction)('approximationSvg', 'f', f)
  const { domain, neurons, supError } = approximation
  checkArgument(
    domain.length < 3,
    () =>
      'approximationSvg: draws functions of one or two numbers; this one has three. Fix one of them in a function of two.',
  )
  const colors = COLORS[theme]
  const { height, body } =
    domain.length === 1 ? await curves(approximation, f, width, colors) : await maps(approximation, f, width, colors)
  const words = `${neurons} ${neurons === 1 ? 'neuron' : 'neurons'}, largest error ${shortNumber(supError, 2)}`
  return svgDocument({
    width,
    height,
    title: title ?? `Approximation by ${words}`,
    description: `F(x) = sum of v phi(w x + b), ${words}.`,
    theme,
    body: [svgText([16, 22], words, { fill: colors.ink, bold: true }), ...body],
  })
}

interface Drawn {
  readonly height: number
  readonly body: readonly string[]
}

async function curves(
  { domain, weights, model, params, evaluate }: Approximation,
  f: RealFunction | undefined,
  width: number,
  { ink, soft, line, positive }: Colors,
): Promise<Drawn> {
  const [low, high] = domain[0]!
  const xs = Array.from({ length: POINTS + 1 }, (_, i) => low + ((high - low) * i) / POINTS)
  const F = await evaluate(xs)
  const truth = f === undefined ? [] : xs.map((x) => f(x))
  const hidden = model.layers[0].apply(
    params[0],
    tensor(
      xs.map((x) => [x]),
      { dtype: 'float64', backend: params[0].weight.backend },
    ),
  )
  const values = await hidden.data()
  hidden.dispose()
  const basis = weights.v.map((v, i) => xs.map((_, s) => v * values[s * weights.v.length + i]!))

  const all = [...F, ...truth.filter(Number.isFinite)]
  const [least, most] = [Math.min(0, ...all), Math.max(0, ...all)]
  const pad = (most - least || 1) * 0.1
  const height = Math.round(Math.min(440, Math.max(260, width * 0.55)))
  const [top, bottom] = [62, height - 34]
  const px = (x: number): number => MARGIN + ((width - MARGIN - 18) * (x - low)) / (high - low)
  const py = (y: number): number => bottom - ((bottom - top) * (y - least + pad)) / (most - least + 2 * pad)
  // A curve outside the frame goes on outside it; the frame cuts it off.
  const path = (ys: readonly number[]): string =>
    ys
      .map((y, s) => `${s === 0 ? 'M' : 'L'}${round(px(xs[s]!))} ${round(Math.min(5e3, Math.max(-5e3, py(y))))}`)
      .join('')
  const tick = (value: number): string => shortNumber(value, 3)
  const legend: [string, string, string, number][] = [
    ['F', positive, '', 2.5],
    ...(f === undefined ? [] : ([['f', ink, '5 4', 1.5]] as [string, string, string, number][])),
    ['neurons', line, '', 1],
  ]
  return {
    height,
    body: [
      ...legend.map(([name, color, dash, wide], i) => {
        const x = 16 + i * 62
        return `<path d="M${x} 42h22" stroke="${color}" stroke-width="${wide}"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}/>${svgText([x + 28, 46], name, { fill: soft, size: 12 })}`
      }),
      `<svg x="${MARGIN}" y="${top}" width="${width - MARGIN - 18}" height="${bottom - top}" viewBox="${MARGIN} ${top} ${width - MARGIN - 18} ${bottom - top}">`,
      `<path d="M${MARGIN} ${round(py(0))}H${width - 18}" stroke="${line}" stroke-width="0.75"/>`,
      ...basis.map((ys) => `<path d="${path(ys)}" fill="none" stroke="${line}" stroke-width="1" opacity="0.8"/>`),
      `<path d="${path(F)}" fill="none" stroke="${positive}" stroke-width="2.5"/>`,
      ...(f === undefined
        ? []
        : [`<path d="${path(truth)}" fill="none" stroke="${ink}" stroke-width="1.5" stroke-dasharray="5 4"/>`]),
      '</svg>',
      `<rect x="${MARGIN}" y="${top}" width="${width - MARGIN - 18}" height="${bottom - top}" fill="none" stroke="${line}"/>`,
      svgText([MARGIN, bottom + 18], tick(low), { fill: soft, size: 12, anchor: 'middle' }),
      svgText([width - 18, bottom + 18], tick(high), { fill: soft, size: 12, anchor: 'end' }),
      svgText([(MARGIN + width - 18) / 2, bottom + 18], 'x', { fill: soft, size: 12, anchor: 'middle' }),
      ...[least, most].map((y) => svgText([MARGIN - 6, py(y) + 4], tick(y), { fill: soft, size: 12, anchor: 'end' })),
    ],
  }
}

async function maps(
  { domain, evaluate }: Approximation,
  f: RealFunction | undefined,
  width: number,
  colors: Colors,
): Promise<Drawn> {
  const [[left, right], [low, high]] = [domain[0]!, domain[1]!]
  const points = Array.from({ length: CELLS * CELLS }, (_, s): [number, number] => [
    left + ((right - left) * ((s % CELLS) + 0.5)) / CELLS,
    low + ((high - low) * (Math.floor(s / CELLS) + 0.5)) / CELLS,
  ])
  const F = await evaluate(points)
  const shown: (readonly [string, readonly number[]])[] = [['F', F]]
  if (f !== undefined) shown.push(['F − f', points.map(([x, y], s) => F[s]! - f(x, y))])
  const beside = shown.length > 1 && width >= 560
  const room = Math.min(360, beside ? (width - 32 - 24) / 2 : width - 32)
  // Whole pixels a cell.
  const side = Math.floor(room / CELLS) * CELLS
  const block = side + 64
  const body = shown.flatMap(([name, values], k) => {
    const [x0, y0] = beside ? [16 + k * (side + 24), 60] : [16, 60 + k * block]
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const cell = side / CELLS
    const cells = values.map((value, s) => {
      const share = largest === 0 ? 0 : Math.abs(value) / largest
      const [i, j] = [s % CELLS, CELLS - 1 - Math.floor(s / CELLS)]
      return `<path d="M${round(x0 + i * cell)} ${round(y0 + j * cell)}h${round(cell)}v${round(cell)}h${round(-cell)}z" fill="${value < 0 ? colors.negative : colors.positive}" opacity="${Math.round(share * 100) / 100}"/>`
    })
    return [
      svgText([x0, y0 - 8], `${name}: ${largest === 0 ? '0' : `±${shortNumber(largest, 2)}`}`, {
        fill: colors.ink,
        size: 12,
      }),
      `<g shape-rendering="crispEdges">${cells.join('')}</g>`,
      `<rect x="${x0}" y="${y0}" width="${side}" height="${side}" fill="none" stroke="${colors.line}"/>`,
      svgText(
        [x0, y0 + side + 16],
        `${shortNumber(left, 3)} to ${shortNumber(right, 3)}, upwards ${shortNumber(low, 3)} to ${shortNumber(high, 3)}`,
        { fill: colors.soft, size: 12 },
      ),
    ]
  })
  return { height: 60 + (beside ? 1 : shown.length) * block - 30, body }
}
