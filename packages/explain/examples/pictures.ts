// The pictures in docs/images, each from a real computation. Run: npx tsx examples/pictures.ts
import { writeFileSync } from 'node:fs'
import { key, randomNormal, setDefaultBackend, tensor, zeros } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import {
  approximate,
  approximationSvg,
  gradientFlow,
  gradientFlowSvg,
  networkGraph,
  toSvg,
  traceSvg,
} from '@neurite/explain'
import { mse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { chapterTrace } from './chapter-network.js'

/** Each picture by the name of its file. */
export async function pictures(): Promise<Record<string, string>> {
  setDefaultBackend(cpu())
  const trace = await chapterTrace()
  const network = sequential([dense(5, { activation: 'tanh' }), dense(1)])
  const params = [
    {
      weight: tensor([
        [0.9, -0.4, 0.3, -1.1, 0.6],
        [-0.5, 0.8, 1.2, 0.2, -0.7],
      ]),
      bias: tensor([0.1, -0.3, 0, 0.4, 0.2]),
    },
    { weight: tensor([[0.7], [-0.9], [0.4], [1.3], [-0.6]]), bias: tensor([0.25]) },
  ]
  const deep = sequential([...Array.from({ length: 8 }, () => dense(16, { activation: 'sigmoid' })), dense(1)])
  const batch = { x: randomNormal(key(0), [32, 4]), y: zeros([32, 1]) }
  const flow = await gradientFlow(deep, deep.init({ inputShape: [4], seed: 1 }).params, batch, mse)
  const bump = (x: number) => Math.exp(-8 * x * x)
  const F = await approximate(bump, { domain: [-1, 1], neurons: 3 })
  return {
    'backpropagation.svg': traceSvg(trace, { path: 'w_{y2_2}', width: 1280 }),
    'network.svg': toSvg(await networkGraph(network, params), { width: 560 }),
    'gradient-flow.svg': gradientFlowSvg(flow, { width: 560 }),
    'approximation.svg': await approximationSvg(F, bump, { width: 560 }),
  }
}

if (process.argv[1]?.endsWith('pictures.ts') === true)
  for (const [name, svg] of Object.entries(await pictures()))
    writeFileSync(new URL(`../../../docs/images/${name}`, import.meta.url), svg)
