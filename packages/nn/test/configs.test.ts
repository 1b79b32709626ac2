import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'
import { expect, test } from 'vitest'
import {
  activation,
  addNodes,
  call,
  concatNodes,
  configOf,
  conv2d,
  dense,
  dropout,
  flatten,
  graph,
  input,
  layerFromConfig,
  multiplyNodes,
  residual,
  sequential,
  summary,
  type Model,
} from '../src/index.js'

// What models say of themselves, in whole: their configs and their summaries, in golden/configs.txt. `vitest -u` writes it anew.
setDefaultBackend(cpu())

const [a, b] = [input([2, 3]), input([2, 3])]
const shared = dense(3, { activation: 'tanh' })
const models: Readonly<Record<string, readonly [model: Model, inputShape: readonly number[] | undefined]>> = {
  'joined along the first axis': [
    graph({ inputs: a, outputs: concatNodes([a, call(dense(3), a)], { axis: 1 }) }),
    undefined,
  ],
  'joined along an axis from the end': [graph({ inputs: a, outputs: concatNodes([a, a], { axis: -2 }) }), undefined],
  'joined along the last': [graph({ inputs: a, outputs: concatNodes([a, a]) }), undefined],
  'one layer twice': [
    graph({ inputs: a, outputs: addNodes([call(shared, a), call(shared, call(shared, a))]) }),
    undefined,
  ],
  'a product, and an input that goes out': [graph({ inputs: a, outputs: multiplyNodes([a, a]) }), undefined],
  nested: [
    sequential([
      conv2d(2, { kernelSize: 2, padding: 'same' }),
      residual(sequential([conv2d(2, { kernelSize: 1 }), activation('relu')])),
      flatten(),
      dropout(0.25),
      dense(3, { activation: 'softmax', useBias: false }),
    ]),
    [4, 4, 1],
  ],
}

test('configs and summaries', async () => {
  const texts: string[] = []
  for (const [name, [model, inputShape]] of Object.entries(models)) {
    const config = configOf(model)
    expect(JSON.parse(JSON.stringify(config))).toEqual(config)
    expect(configOf(layerFromConfig(config))).toEqual(config)
    texts.push(name, `  ${JSON.stringify(config)}`)
    if (inputShape !== undefined) texts.push(String(summary(model, inputShape)))
    const { params } = model.init({ inputShape: inputShape ?? [2, 3], seed: 1 })
    texts.push(
      `  ${JSON.stringify(params, (_, part: { shape?: unknown } | null) => (part !== null && typeof part === 'object' && 'shape' in part ? part.shape : part))}`,
    )
  }
  const two = graph({ inputs: [a, b], outputs: [addNodes([a, b]), concatNodes([a, b], { axis: 1 })] })
  texts.push('two in and two out', `  ${JSON.stringify(configOf(two))}`)
  await expect(`${texts.join('\n')}\n`).toMatchFileSnapshot('golden/configs.txt')
})
