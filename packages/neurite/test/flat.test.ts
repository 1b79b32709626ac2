import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import * as neurite from '../src/index.js'

// That no two packages mean different things by a name is the compiler's word: `export *` of both would be an error.
test('the main entry has every value of ten packages, the same values', async () => {
  const flat = await Promise.all([
    import('@neurite/core'),
    import('@neurite/backend-cpu'),
    import('@neurite/nn'),
    import('@neurite/losses'),
    import('@neurite/optimizers'),
    import('@neurite/data'),
    import('@neurite/train'),
    import('@neurite/search'),
    import('@neurite/explain'),
    import('@neurite/io'),
  ])
  const expected = new Map<string, unknown>(flat.flatMap((module) => Object.entries(module)))
  const actual = new Map<string, unknown>(Object.entries(neurite))
  expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort())
  for (const [name, value] of expected) expect(actual.get(name), name).toBe(value)
})

test('an import registers nothing: without a backend there is none', () => {
  expect(() => neurite.tensor([1])).toThrow(expect.objectContaining({ code: 'NO_DEFAULT_BACKEND' }))
})

/** A whole training step, with its imports from one package or from five. */
const program = (from: (name: string) => string): string => `
  import { compile, tensor, valueAndGrad } from '${from('core')}'
  import { cpu } from '${from('backend-cpu')}'
  import { dense, sequential } from '${from('nn')}'
  import { mse } from '${from('losses')}'
  import { applyUpdates, sgd } from '${from('optimizers')}'
  const backend = cpu()
  const model = sequential([dense(8, { activation: 'tanh' }), dense(8, { activation: 'tanh' }), dense(1)])
  const optimizer = sgd({ learningRate: 0.1 })
  let { params } = model.init({ inputShape: [2], seed: 0, backend })
  let state = optimizer.init(params)
  const step = compile((p, s, x, y) => {
    const [loss, grads] = valueAndGrad((q) => mse(model.apply(q, x), y))(p)
    const [updates, next] = optimizer.update(grads, s, p)
    return { params: applyUpdates(p, updates), state: next, loss }
  }, { donate: [0, 1] })
  console.log(step(params, state, tensor([[0, 1]], { backend }), tensor([[1]], { backend })))
`

async function bytes(contents: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    conditions: ['@neurite/source'],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  })
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).byteLength
}

test('a bundle holds what is used: as many bytes as from the packages', async () => {
  const picked = await bytes(program((name) => `@neurite/${name}`))
  expect(picked).toBeGreaterThan(10_000)
  for (const from of [() => 'neurite', (name: string) => `neurite/${name}`])
    expect(Math.abs((await bytes(program(from))) / picked - 1)).toBeLessThan(0.01)
})

test('an import for its effects is nothing in a bundle', async () => {
  expect(await bytes("import 'neurite'")).toBe(await bytes(''))
})
