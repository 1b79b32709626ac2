import type { JSX } from 'preact'
import { Formula, part } from '../../parts/formula.jsx'
import { lit } from './model.js'
import { N, state } from './state.js'

export function Formulas(): JSX.Element {
  return state.at.scene.value === 'flatten' ? <Flatten /> : <Graph />
}

/** The network as the chapter writes it, with the bias as a number of the neuron or as a weight of the input 1. */
function Graph(): JSX.Element {
  const { inputs, one } = state.at
  const two = inputs.value === '2'
  const bias = one.value ? `1 \\cdot ${part('weight', 'b_i')}` : part('weight', 'b_i')
  const dot = two
    ? `x_1\\,${part('weight', 'w_{i1}')} + x_2\\,${part('weight', 'w_{i2}')}`
    : `x \\cdot ${part('weight', 'w_i')}`
  const x = two ? 'x_1, x_2' : 'x'
  return (
    <>
      <Formula
        lit={lit}
        tex={`${part('output', `F(${x})`)} = \\sum_{i=1}^{${N}} ${part('weight', 'v_i')}\\, ${part('neuron', '\\varphi(z_i)')}`}
      />
      <Formula lit={lit} tex={`${part('neuron', 'z_i')} = ${dot} + ${bias}`} />
    </>
  )
}

/** Why order does not matter to one and does to the other. */
function Flatten(): JSX.Element {
  return (
    <>
      <Formula
        lit={lit}
        tex={`\\mathbf{x} \\cdot \\mathbf{w} = \\sum_{p=1}^{64} x_p w_p = \\sum_{p=1}^{64} x_{\\pi(p)}\\, w_{\\pi(p)}`}
      />
      <Formula lit={lit} tex={`y_{r,c} = \\sum_{i=0}^{2} \\sum_{j=0}^{2} k_{i,j}\\, x_{r+i,\\,c+j}`} />
    </>
  )
}
