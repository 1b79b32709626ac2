import { part } from '../../parts/formula.jsx'
import type { DataSet } from './data.js'
import type { HiddenActivation, HiddenLayer } from './layers.js'
import type { LossName, OptimizerName, OutputKind } from './spec.js'

const NAMES: Partial<Readonly<Record<HiddenActivation, string>>> = { tanh: '\\tanh', sigmoid: '\\sigma' }

/** An activation with something in it (4.2.4). */
export function activationTex(name: HiddenActivation, inside: string): string {
  if (name === 'identity') return inside
  if (name === 'relu') return `\\max(0,\\; ${inside})`
  return `${NAMES[name] ?? `\\mathrm{${name}}`}(${inside})`
}

/** How the output's sum is read. */
export function readTex(kind: OutputKind, inside: string): string {
  if (kind === 'logit') return `\\sigma(${inside})`
  return kind === 'sign' ? `\\tanh(${inside})` : inside
}

/** The losses of 4.3.3, and those beside them; k counts the rows. */
export const LOSS_TEX: Readonly<Record<LossName, string>> = {
  binaryCrossEntropy: 'E = -\\frac{1}{n} \\sum_k \\bigl( t_k \\log y_k + (1 - t_k) \\log (1 - y_k) \\bigr)',
  mse: 'E = \\frac{1}{n} \\sum_k (y_k - t_k)^2',
  sse: 'E = \\sum_k (y_k - t_k)^2',
  mae: 'E = \\frac{1}{n} \\sum_k |y_k - t_k|',
  sumAbsoluteResiduals: 'E = \\sum_k |y_k - t_k|',
  hinge: 'E = \\frac{1}{n} \\sum_k \\max(0,\\; 1 - t_k y_k)',
  huber:
    'E = \\frac{1}{n} \\sum_k H(y_k - t_k),\\quad H(r) = \\begin{cases} r^2 / 2 & |r| \\le 1 \\\\ |r| - 1/2 & |r| > 1 \\end{cases}',
}

/** What the layers' regularizers add. */
export function penaltyTex(layers: readonly HiddenLayer[]): string {
  return layers
    .map(({ penalty, strength }, l) =>
      penalty === 'none'
        ? ''
        : ` + ${Number(strength.toPrecision(2))} \\sum ${penalty === 'l1' ? `|w^{(${l + 1})}|` : `(w^{(${l + 1})})^2`}`,
    )
    .join('')
}

const GRADIENT = part('gradient', '\\frac{\\partial E}{\\partial w}')

/** One step (4.3.4), in as many lines as it needs. */
export function updateTex(optimizer: OptimizerName, rate: string): readonly string[] {
  return stepTex(optimizer, rate).split(NEXT_LINE)
}

const NEXT_LINE = ';;'

function stepTex(optimizer: OptimizerName, rate: string): string {
  const g = `g = ${GRADIENT};;`
  switch (optimizer) {
    case 'sgd':
      return `w \\leftarrow w - ${rate}\\, ${GRADIENT}`
    case 'momentum':
      return `m \\leftarrow 0.9\\, m + ${GRADIENT};; w \\leftarrow w - ${rate}\\, m`
    case 'nesterov':
      return `${g} m \\leftarrow 0.9\\, m + g;; w \\leftarrow w - ${rate}\\, (g + 0.9\\, m)`
    case 'rmsprop':
      return `${g} v \\leftarrow \\rho v + (1 - \\rho) g^2;; w \\leftarrow w - ${rate}\\, \\frac{g}{\\sqrt{v} + \\epsilon}`
    case 'adagrad':
      return `${g} v \\leftarrow v + g^2;; w \\leftarrow w - ${rate}\\, \\frac{g}{\\sqrt{v} + \\epsilon}`
    case 'lion':
      return `${g} w \\leftarrow w - ${rate}\\, \\mathrm{sign}\\bigl(\\beta_1 m + (1 - \\beta_1) g\\bigr)`
    case 'adamw':
      return `${g} w \\leftarrow w - ${rate}\\, \\Bigl( \\frac{\\hat m}{\\sqrt{\\hat v} + \\epsilon} + \\lambda w \\Bigr)`
    case 'nadam':
      return `${g} w \\leftarrow w - ${rate}\\, \\frac{\\beta_1 \\hat m + (1 - \\beta_1) \\hat g}{\\sqrt{\\hat v} + \\epsilon}`
    case 'adam':
      return `${g} m \\leftarrow \\beta_1 m + (1 - \\beta_1) g;; v \\leftarrow \\beta_2 v + (1 - \\beta_2) g^2;; w \\leftarrow w - ${rate}\\, \\frac{\\hat m}{\\sqrt{\\hat v} + \\epsilon}`
  }
}

/** Where the points come from; noise is added to them. */
export const DATA_TEX: Readonly<Record<DataSet, string>> = {
  circle: '\\mathbf{x} = r\\,(\\cos\\theta, \\sin\\theta),\\quad r = 5 \\text{ or } 2.5',
  spiral:
    '\\mathbf{x} = 5 s\\,(\\cos\\theta, \\sin\\theta),\\quad \\theta = 3 \\pi s \\;\\text{or}\\; 3 \\pi s + \\pi,\\quad 0 < s \\le 1',
  moons:
    '\\mathbf{x} = (\\cos\\theta, \\sin\\theta) \\;\\text{or}\\; (1 - \\cos\\theta,\\, \\tfrac12 - \\sin\\theta),\\quad 0 \\le \\theta \\le \\pi',
  xor: 't = 1 \\iff x_1 x_2 < 0',
  gauss: '\\mathbf{x} \\sim \\mathcal{N}\\bigl(\\pm(2.2, 2.2),\\; \\sigma^2 I\\bigr)',
  formula: 't = 1 \\iff x_2 > f(x_1)',
  own: '\\{(\\mathbf{x}_k, t_k)\\}',
  plane: 't = \\tfrac{1}{10} (x_1 + x_2)',
  hills: 't = \\sum_{i} \\pm \\exp\\bigl(-\\tfrac12 \\lVert \\mathbf{x} - \\mathbf{c}_i \\rVert^2\\bigr)',
}
