import { having, readOptions } from '@neurite/core/arguments'
import type { Line } from '../drawing/formula.js'
import { round, svgDocument, svgText } from '../drawing/svg.js'
import { shortNumber, textWidth } from '../drawing/text.js'
import { COLORS, drawingReaders, type DrawingOptions } from '../drawing/theme.js'
import type { GradientFlow, LayerFlow } from './gradient-flow.js'

const aFlow = /* @__PURE__ */ having<GradientFlow>('what gradientFlow gives (await it)', 'layers', 'verdict', 'message')

const ROW = 40
const TOP = 50
const MARGIN = 16

/**
 * What `gradientFlow` found as an SVG image: for each layer a bar as long as the logarithm of its gradient's norm, with the share of
 * units that are dead or saturated, and the verdict where it is not healthy (chapter 4.2.4.a).
 *
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { gradientFlow, gradientFlowSvg } from '@neurite/explain'
 * import { mse } from '@neurite/losses'
 * import { dense, sequential } from '@neurite/nn'
 * const model = sequential([dense(4, { activation: 'sigmoid' }), dense(1)])
 * const { params } = model.init({ inputShape: [2] })
 * const flow = await gradientFlow(model, params, { x: [[1, 0], [0, 1]], y: [[1], [0]] }, mse)
 * gradientFlowSvg(flow).includes('<title>Gradient flow: healthy</title>') // => true
 * ```
 */
export function gradientFlowSvg(flow: GradientFlow, options: DrawingOptions = {}): string {
  const { theme, width, title } = readOptions('gradientFlowSvg', options, drawingReaders)
  aFlow('gradientFlowSvg', 'flow', flow)
  const { ink, soft, line, back, positive } = COLORS[theme]
  const layers = flow.layers.filter(
    ({ gradientNorm, meanSlope }) => gradientNorm !== undefined || meanSlope !== undefined,
  )
  const names = layers.map(nameOf)
  const left = MARGIN + Math.min(width * 0.36, Math.max(40, ...names.map((name) => textWidth(name, 12)))) + 10
  const right = width - MARGIN - 62

  const exponents = layers.flatMap(({ gradientNorm }) =>
    gradientNorm !== undefined && gradientNorm > 0 && Number.isFinite(gradientNorm) ? [Math.log10(gradientNorm)] : [],
  )
  const low = Math.floor(Math.min(0, ...exponents) - 0.5)
  const high = Math.ceil(Math.max(-1, ...exponents) + 0.1)
  const at = (exponent: number): number =>
    left + ((right - left) * (Math.min(high, Math.max(low, exponent)) - low)) / (high - low)

  const bottom = TOP + layers.length * ROW
  const every = Math.ceil((high - low) / Math.max(2, Math.floor((right - left) / 46)))
  const ticks = Array.from({ length: Math.floor((high - low) / every) + 1 }, (_, i) => low + i * every)
  const axis = ticks.map((exponent) => {
    const x = round(at(exponent))
    const power = [
      { text: '10', level: 0 },
      { text: String(exponent).replace('-', '−'), level: 1 },
    ]
    return `<path d="M${x} ${TOP - 6}V${bottom}" stroke="${line}" stroke-width="0.5" stroke-dasharray="2 3"/>${svgText([x, bottom + 18], power, { fill: soft, size: 12, anchor: 'middle' })}`
  })
  const rows = layers.map((layer, i) => {
    const y = TOP + i * ROW
    const { gradientNorm: norm, verdict } = layer
    const healthy = verdict === 'healthy'
    const end = norm === undefined ? left : norm > 0 ? at(Math.log10(norm)) : left + 1
    const notes = [healthy ? '' : verdict, ...sharesOf(layer)].filter((note) => note !== '').join(', ')
    return [
      svgText([MARGIN, y + 13], names[i]!, { fill: ink, size: 12 }),
      norm === undefined
        ? ''
        : `<rect x="${round(left)}" y="${y + 3}" width="${round(Math.max(1, end - left))}" height="13" rx="2" fill="${healthy ? positive : back}"/>${svgText([end + 6, y + 14], scientific(norm), { fill: ink, size: 12 })}`,
      notes === '' ? '' : svgText([left, y + 30], notes, { fill: healthy ? soft : back, size: 12 }),
    ].join('')
  })
  return svgDocument({
    width,
    height: bottom + 30,
    title: title ?? `Gradient flow: ${flow.verdict}`,
    description: `${flow.message} ${layers.map((layer, i) => `${names[i]!}: ${layer.gradientNorm === undefined ? 'no params' : shortNumber(layer.gradientNorm)}, ${layer.verdict}`).join('; ')}.`,
    theme,
    body: [
      svgText([MARGIN, 22], `Gradients: ${flow.verdict}`, {
        fill: flow.verdict === 'healthy' ? ink : back,
        bold: true,
      }),
      svgText([MARGIN, 40], 'norm of the gradient, from input to output', { fill: soft, size: 12 }),
      ...axis,
      ...rows,
    ],
  })
}

/** Small and large numbers with a power of ten. */
function scientific(value: number): Line {
  const [digits, exponent] = value.toExponential(1).split('e')
  if (!Number.isFinite(value) || Math.abs(Number(exponent)) < 3) return [{ text: shortNumber(value, 2), level: 0 }]
  return [
    { text: `${digits} · 10`, level: 0 },
    { text: String(Number(exponent)).replace('-', '−'), level: 1 },
  ]
}

const nameOf = ({ path, layer, activation }: LayerFlow): string =>
  [path, layer, activation === 'identity' ? undefined : activation].filter((part) => part).join(' ')

const percent = (share: number): string => `${Math.round(100 * share)}%`

function sharesOf({ deadShare, saturatedShare }: LayerFlow): string[] {
  return [
    deadShare === undefined || deadShare === 0 ? '' : `${percent(deadShare)} dead`,
    saturatedShare === undefined || saturatedShare === 0 ? '' : `${percent(saturatedShare)} saturated`,
  ]
}
