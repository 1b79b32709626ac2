import { expect, test } from 'vitest'
import {
  add,
  disposeTree,
  grad,
  isTensor,
  key,
  mapTree,
  mul,
  setDefaultBackend,
  sum,
  tensor,
  tensorsIn,
} from '../src/index.js'
import { collectLeaves, flattenTree } from '../src/tensor/tree.js'
import { expectCode, wrong } from './support/expect-code.js'
import { reference } from './support/reference-backend.js'

setDefaultBackend(reference())
const a = () => ({ w: tensor([1, 2]), layers: [{ b: tensor(3) }, {}] as const, name: 'net', key: key(0) })

test('mapTree keeps structure and whatever is no tensor', () => {
  const tree = a()
  const doubled = mapTree((x) => mul(x, 2), tree)
  expect(doubled.w.toArraySync()).toEqual([2, 4])
  expect(doubled.layers[0].b.toArraySync()).toBe(6)
  expect(doubled.name).toBe('net')
  expect(doubled.key).toBe(tree.key)
  const data = new Float32Array(2)
  expect(mapTree((x) => x, { data, when: null }).data).toBe(data)
})

test('several trees are walked together; a difference is named', async () => {
  const total = mapTree((x, y, z) => add(add(x, y), z), a(), a(), a())
  expect(total.w.toArraySync()).toEqual([3, 6])
  const pairs: [unknown, string][] = [
    [{ ...a(), w: 3 }, 'w'],
    [{ ...a(), layers: [{ b: tensor(1) }] }, 'layers'],
    [{ ...a(), layers: [{ c: tensor(1) }, {}] }, 'layers[0]'],
    [[], 'the root'],
    [tensor(1), 'the root'],
  ]
  for (const [other, path] of pairs)
    await expectCode(() => mapTree((x) => x, a(), other), 'INVALID_ARGUMENT', 'mapTree', `at ${path}`)
})

test('tensorsIn goes in order and passes over what is no tree', () => {
  const [p, q, r] = [tensor(1), tensor(2), tensor(3)]
  expect(tensorsIn({ p, list: [q, [r]], map: new Map([['x', tensor(4)]]), no: null })).toEqual([p, q, r])
  expect(tensorsIn(p)).toEqual([p])
  expect(tensorsIn('text')).toEqual([])
  disposeTree([p, q, r])
  expect([p, q, r].every((x) => x.isReleased)).toBe(true)
})

test('isTensor knows tensors by what they have', () => {
  expect(isTensor(tensor(1))).toBe(true)
  for (const value of [null, undefined, 1, [1], { shape: [], dtype: 'float32' }]) expect(isTensor(value)).toBe(false)
})

test('a tree with an instance of a class is refused where its structure matters', async () => {
  class Layer {
    w = tensor([1])
  }
  const call = () => grad((p: { l: Layer }) => sum(p.l.w))({ l: new Layer() })
  await expectCode(call, 'INVALID_ARGUMENT', 'l is an instance of Layer')
  await expectCode(() => grad((p: { x: number }) => wrong(p.x))({ x: 1 }), 'NOT_DIFFERENTIABLE', 'x is number')
})

test('the leaves of a tree are collected where it has the structure, down to the leaves, and nowhere else', () => {
  const tree: Readonly<Record<string, unknown>> = { w: 1, layers: [{ b: 2, c: undefined }, {}, []], name: 'net' }
  const structure = flattenTree(tree, [])
  const collected = (other: unknown): unknown[] | false => {
    const leaves: unknown[] = []
    return collectLeaves(structure, other, leaves) && leaves
  }
  expect(collected(tree)).toEqual([1, 2, undefined, 'net'])
  // Whatever stands at a leaf is one, and the order of names is that of the structure.
  expect(collected({ name: null, layers: [{ c: [3], b: {} }, {}, []], w: 4 })).toEqual([4, {}, [3], null])

  const others = [null, undefined, 5, 'text', true, () => 1, {}, [], { b: 1 }, [1], { x: 1, y: 2 }, [{}, {}, {}]]
  const parts: readonly unknown[] = [{ b: 2, c: 0 }, {}, []]
  const withPart = (i: number, other: unknown): unknown => ({ ...tree, layers: parts.map((part, k) => (k === i ? other : part)) }) // prettier-ignore
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
  for (const other of others) {
    expect(collected(other)).toBe(false)
    expect(collected({ ...tree, layers: other })).toBe(false)
    expect(collected(withPart(0, other))).toBe(false)
    if (!same(other, {})) expect(collected(withPart(1, other))).toBe(false)
    if (!same(other, [])) expect(collected(withPart(2, other))).toBe(false)
  }
  expect(collected({ ...tree, more: 1 })).toBe(false)
  expect(collected({ w: 1, layers: tree.layers, nome: 'net' })).toBe(false)
})
