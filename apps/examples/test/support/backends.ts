import { cpu } from '@neurite/backend-cpu'
import { tfjs } from '@neurite/backend-tfjs'
import { tensorsIn, type Backend } from '@neurite/core'
import { expect } from 'vitest'

/** The engines of tfjs that run in Node; those that need a GPU are tested in a browser. */
export const ENGINES = ['wasm', 'cpu'] as const

/**
 * What `compute` makes on an engine of tfjs is what it makes on the cpu backend. Sums are rounded in another order there:
 * in float32 the numbers may differ by 1e-4 of 1 + their size.
 */
export async function expectSame(
  engine: (typeof ENGINES)[number],
  compute: (backend: Backend) => unknown,
  tolerance = 1e-4,
): Promise<void> {
  const here = cpu()
  const there = await tfjs(engine)
  try {
    const [expected, found] = [await numbers(compute(here)), await numbers(compute(there))]
    expect(found.map(({ length }) => length)).toEqual(expected.map(({ length }) => length))
    for (const [i, values] of expected.entries())
      for (const [j, value] of values.entries())
        expect(Math.abs(found[i]![j]! - value), `tensor ${i}, element ${j}`).toBeLessThan(
          tolerance * (1 + Math.abs(value)),
        )
    // A comparison of nothing, or of zeros, would show nothing.
    expect(expected.flat().some((value) => value !== 0)).toBe(true)
  } finally {
    there.dispose()
  }
}

async function numbers(tree: unknown): Promise<number[][]> {
  return Promise.all(tensorsIn(tree).map(async (leaf) => Array.from(await leaf.data())))
}
