// The chapter's Backpropagation Example 1 with numbers: two inputs, three hidden neurons, two outputs. Steps [1] to [6] in
// the chapter's order (4.3.4), then the same as matrices (Remark 2). Run: npx tsx examples/chapter-4.3.4.ts
import { setDefaultBackend, tensor } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { latexSteps, traceBackprop } from '@neurite/explain'
import { sse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { chapterTrace, target, Wy, Wz, x } from './chapter-network.js'

setDefaultBackend(cpu())
const trace = await chapterTrace()
const steps = latexSteps(trace, { withNumbers: true, digits: 4 })
const order = {
  1: ['w_{z1_2}'],
  2: ['w_{z2_2}'],
  3: ['z_{1}', 'z_{2}'],
  4: ['w_{y2_2}'],
  5: ['y_{2}'],
  6: ['\\varphi(y_{2})'],
}
console.log('Forward')
for (const { pass, latex } of steps) if (pass === 'forward') console.log(`    ${latex}`)
for (const [step, names] of Object.entries(order))
  for (const wanted of names)
    console.log(`[${step}] ${steps.find(({ pass, name }) => pass === 'backward' && name === wanted)!.latex}`)

console.log('\nOnly what w_{y2_2} needs, from the loss back')
for (const { pass, latex } of latexSteps(trace, { only: 'w_{y2_2}', digits: 4 }))
  if (pass === 'backward') console.log(`    ${latex}`)

console.log('\nRemark 2: the same with matrices')
const columns = (rows: number[][]) => rows[0]!.map((_, k) => rows.map((row) => row[k]!))
const float64 = (rows: number[][]) => tensor(rows, { dtype: 'float64' })
const model = sequential([
  dense(3, { activation: 'sigmoid', useBias: false }),
  dense(2, { activation: 'sigmoid', useBias: false }),
])
const matrices = await traceBackprop(
  { model, loss: sse },
  {
    params: [{ weight: float64(columns(Wy)) }, { weight: float64(columns(Wz)) }],
    x: float64([x]),
    y: float64([target]),
  },
)
for (const { latex } of latexSteps(matrices, { digits: 4 })) console.log(`    ${latex}`)
