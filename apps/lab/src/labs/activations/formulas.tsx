import type { JSX } from 'preact'
import { Formula, part } from '../../parts/formula.jsx'
import { lit } from './model.js'
import { state, type Phi } from './state.js'

const cases = (above: string, below: string): string =>
  `\\begin{cases} ${above} & x > 0 \\\\ ${below} & x < 0 \\end{cases}`

/** Each activation and its derivative, as the packages define them. */
const FORMULAS: Readonly<Record<Exclude<Phi, 'softmax'>, readonly [value: string, slope: string]>> = {
  identity: ['x', '1'],
  sigmoid: ['\\frac{1}{1 + e^{-x}}', '\\varphi(x)\\,(1 - \\varphi(x)) \\le \\tfrac14'],
  tanh: ['\\frac{e^x - e^{-x}}{e^x + e^{-x}}', '1 - \\varphi(x)^2 \\le 1'],
  relu: ['\\max(x, 0)', cases('1', '0')],
  leakyRelu: ['\\max(a x, x), \\quad 0 < a < 1', cases('1', 'a')],
  elu: [cases('x', 'e^x - 1'), cases('1', 'e^x')],
  selu: [
    `\\lambda ${cases('x', '\\alpha (e^x - 1)')}`,
    `\\lambda ${cases('1', '\\alpha e^x')}, \\quad \\lambda \\approx 1.0507,\\; \\alpha \\approx 1.6733`,
  ],
  gelu: ['x\\,\\Phi(x), \\quad \\Phi(x) = P(Z \\le x)', '\\Phi(x) + x\\,\\Phi\\prime(x)'],
  silu: ['x\\,\\sigma(x)', '\\sigma(x)\\,(1 + x\\,(1 - \\sigma(x)))'],
  mish: ['x \\tanh s, \\quad s = \\ln(1 + e^x)', '\\tanh s + x\\,\\sigma(x)\\,(1 - \\tanh^2 s)'],
  softplus: ['\\ln(1 + e^x)', '\\sigma(x)'],
  softsign: ['\\frac{x}{1 + |x|}', '\\frac{1}{(1 + |x|)^2}'],
  hardSigmoid: [
    '\\min(\\max(\\tfrac{x}{6} + \\tfrac12, 0), 1)',
    '\\begin{cases} \\tfrac16 & |x| < 3 \\\\ 0 & |x| > 3 \\end{cases}',
  ],
  hardTanh: ['\\min(\\max(x, -1), 1)', '\\begin{cases} 1 & |x| < 1 \\\\ 0 & |x| > 1 \\end{cases}'],
  relu6: ['\\min(\\max(x, 0), 6)', '\\begin{cases} 1 & 0 < x < 6 \\\\ 0 & x < 0 \\text{, } x > 6 \\end{cases}'],
}

/** The formula of what is on the stage; its parts light there. */
export function Formulas(): JSX.Element {
  const { scene, phi } = state.at
  if (scene.value === 'deep') return <Deep />
  if (scene.value === 'line') return <Line />
  if (phi.value === 'softmax') return <Softmax />
  const [value, slope] = FORMULAS[phi.value]
  return (
    <>
      <Formula lit={lit} tex={`${part('output', '\\varphi(x)')} = ${value}`} />
      <Formula lit={lit} tex={`${part('gradient', "\\varphi'(x)")} = ${slope}`} />
    </>
  )
}

function Softmax(): JSX.Element {
  return (
    <>
      <Formula
        lit={lit}
        tex={`${part('output', 'y_k')} = \\frac{e^{x_k}}{\\sum_{i=1}^{n} e^{x_i}}, \\qquad \\sum_k y_k = 1`}
      />
      <Formula
        lit={lit}
        tex={`${part('gradient', '\\frac{\\partial y_j}{\\partial x_k}')} = y_j\\,(\\delta_{jk} - y_k)`}
      />
    </>
  )
}

/** What is multiplied on the way from the loss to the first layer. */
function Deep(): JSX.Element {
  const L = state.at.layers.value
  const slope = (l: number | string): string => part('gradient', `\\varphi'(Z_{${l}})`)
  const gradient = part('gradient', '\\frac{\\partial \\mathscr{L}}{\\partial W_1}')
  return (
    <>
      <Formula
        lit={lit}
        tex={`${gradient} = X^{\\top} \\frac{\\partial \\mathscr{L}}{\\partial Z_1}, \\qquad \\frac{\\partial \\mathscr{L}}{\\partial Z_{${L}}} = \\frac{\\partial \\mathscr{L}}{\\partial A_{${L}}} \\odot ${slope(L)}`}
      />
      <Formula
        lit={lit}
        tex={`\\frac{\\partial \\mathscr{L}}{\\partial Z_l} = \\Big(\\frac{\\partial \\mathscr{L}}{\\partial Z_{l+1}} W_{l+1}^{\\top}\\Big) \\odot ${slope('l')}`}
      />
    </>
  )
}

function Line(): JSX.Element {
  const depth = state.at.depth.value
  const phi = state.at.bend.value
  const product = Array.from({ length: depth }, (_, i) => `W_${i + 1}`)
  if (phi !== 'identity') {
    const nested = product.slice(1, -1).reduce((inner, w) => `\\varphi(${inner} ${w})`, '\\varphi(x W_1)')
    return <Formula lit={lit} tex={`${part('output', 'F(x)')} = ${nested}\\, ${product.at(-1)} + \\cdots`} />
  }
  const nested = product.slice(1).reduce((inner, w) => `(${inner} ${w})`, `(x ${product[0]})`)
  return (
    <>
      <Formula
        lit={lit}
        tex={`${part('output', 'F(x)')} = ${nested} + \\cdots = x \\underbrace{${part('product', product.join(' '))}}_{w} + b`}
      />
    </>
  )
}
