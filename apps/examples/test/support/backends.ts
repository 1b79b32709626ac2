import { cpu } from '@neurite/backend-cpu'
import { tfjs } from '@neurite/backend-tfjs'
import { wasm } from '@neurite/backend-wasm'
import { tensorsIn, type Backend } from '@neurite/core'
import { expect } from 'vitest'

/** The backends beside cpu that run in Node; those that need a GPU are tested in a browser. */
export const OTHERS = {
  wasm: () => wasm(),
  'tfjs:wasm': () => tfjs('wasm'),
  'tfjs:cpu': () => tfjs('cpu'),
} as const satisfies Readonly<Record<string, () => Promise<Backend>>>

export const OTHER_NAMES = Object.keys(OTHERS) as readonly (keyof typeof OTHERS)[]

/**
 * What `compute` makes on another backend is what it makes on the cpu backend. Sums are rounded in another order there:
 * in float32 the numbers may differ by 1e-4 of 1 + their size.
 */
export async function expectSame(
  name: keyof typeof OTHERS,
  compute: (backend: Backend) => unknown,
  tolerance = 1e-4,
): Promise<void> {
  const here = cpu()
  const there = await OTHERS[name]()
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
