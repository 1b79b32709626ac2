import { childSeed, disposeTree, tensor, tensorsIn, tidy, valueAndGrad, type Tree } from '@neurite/core'
import { batchIndices } from '@neurite/data'
import { applyUpdates } from '@neurite/optimizers'
import { BATCH, plain, rowsOf } from './trainings.js'

/** Settings of local SGD. */
export interface Settings {
  readonly shards: number
  readonly rounds: number
  readonly steps: number
  readonly seed: number
  readonly outer: { readonly learningRate: number; readonly momentum: number; readonly nesterov: boolean }
  readonly weights: 'rows' | 'equal'
  readonly keepOptimizer: boolean
}

export const fedAvg = { outer: { learningRate: 1, momentum: 0, nesterov: false }, keepOptimizer: false } as const
export const diLoCo = { outer: { learningRate: 0.7, momentum: 0.9, nesterov: true }, keepOptimizer: true } as const

/** All numbers of a tree. */
export async function numbersOf(tree: Tree): Promise<number[][]> {
  return Promise.all(tensorsIn(tree).map(async (leaf) => Array.from(await leaf.data())))
}

/** Local SGD of the model without chance as a plain loop in one place: what all that runs on machines must equal, to the bit. */
export async function reference({ shards, rounds, steps, seed, outer, weights, keepOptimizer }: Settings) {
  const { model, loss, optimizer } = plain
  const seeds = Array.from({ length: shards }, (_, shard) => childSeed(seed, 'shard', shard))
  let params = model.init({ inputShape: [2], seed: seeds[0]! }).params
  const shapes = tensorsIn(params).map(({ shape }) => shape)
  const states: Tree[] = []
  const velocity = shapes.map((shape) => new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0))
  const history: { readonly loss: number; readonly losses: number[] }[] = []
  for (let round = 0; round < rounds; round++) {
    const [ends, losses, counts]: [number[][][], number[], number[]] = [[], [], []]
    for (let shard = 0; shard < shards; shard++) {
      const { x, y } = rowsOf({ shard, shards })
      const perEpoch = Math.ceil(x.length / BATCH)
      let own: typeof params = params
      let state = (keepOptimizer ? states[shard] : undefined) ?? optimizer.init(params)
      let sum = 0
      for (let step = round * steps; step < (round + 1) * steps; step++) {
        const epoch = Math.floor(step / perEpoch)
        const order = { batchSize: BATCH, seed: childSeed(seeds[shard]!, 'shuffle'), epoch }
        const batch = [...batchIndices(x.length, order)[step % perEpoch]!]
        const made = tidy(() => {
          const [inputs, targets] = [tensor(batch.map((i) => x[i]!)), tensor(batch.map((i) => [y[i]!]))]
          const [value, gradients] = valueAndGrad((p: typeof params) => loss(model.apply(p, inputs), targets))(own)
          const [updates, next] = optimizer.update(gradients, state, own)
          return { value, own: applyUpdates(own, updates), state: next }
        })
        sum += await made.value.item()
        own = made.own
        state = made.state
      }
      states[shard] = state
      ends.push(await numbersOf(own))
      losses.push(sum / steps)
      counts.push(weights === 'rows' ? x.length : 1)
    }
    const total = counts.reduce((a, b) => a + b, 0)
    const before = await numbersOf(params)
    const after = before.map((leaf, l) =>
      leaf.map((old, i) => {
        let mean = 0
        for (let shard = 0; shard < shards; shard++) mean += counts[shard]! * ends[shard]![l]![i]!
        mean /= total
        const gradient = old - mean
        velocity[l]![i] = outer.momentum * velocity[l]![i]! + gradient
        const step = outer.nesterov ? gradient + outer.momentum * velocity[l]![i] : velocity[l]![i]
        return mean + (gradient - outer.learningRate * step)
      }),
    )
    let leaf = 0
    const rebuild = (tree: unknown): unknown => {
      if (Array.isArray(tree)) return tree.map(rebuild)
      if (tree !== null && typeof tree === 'object' && !('dtype' in tree))
        return Object.fromEntries(Object.entries(tree).map(([name, child]) => [name, rebuild(child)]))
      const shape = shapes[leaf]!
      return tensor(Float32Array.from(after[leaf++]!), { shape })
    }
    params = rebuild(params) as typeof params
    history.push({ loss: losses.reduce((a, value, k) => a + counts[k]! * value, 0) / total, losses })
  }
  const numbers = await numbersOf(params)
  disposeTree([params, states])
  return { numbers, history }
}
