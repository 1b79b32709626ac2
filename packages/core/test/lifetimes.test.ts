import { beforeEach, expect, test, vi } from 'vitest'
import {
  add,
  compile,
  disposeTree,
  keep,
  memory,
  mul,
  reshape,
  setDefaultBackend,
  sum,
  tensor,
  tidy,
  trace,
  vjp,
  type Backend,
  type Tensor,
} from '../src/index.js'
import { expectCode } from './support/expect-code.js'
import { reference } from './support/reference-backend.js'

let backend: Backend
beforeEach(() => {
  backend = reference()
  setDefaultBackend(backend)
})

test('memory() counts storages and bytes, and dispose gives them back once', () => {
  const x = tensor([1, 2, 3])
  expect(memory()).toEqual({ buffers: 1, bytes: 12 })
  x.dispose()
  x.dispose()
  expect(x.isReleased).toBe(true)
  expect(memory(backend)).toEqual({ buffers: 0, bytes: 0 })
})

test('tidy keeps what it returns, at any depth, and what was there before', () => {
  const outside = tensor([1])
  const result = tidy(() => {
    const inside = add(outside, 1)
    return { deep: [mul(inside, 2)], text: 'kept', nothing: null }
  })
  expect(memory().buffers).toBe(2)
  expect(result.deep[0]!.toArraySync()).toEqual([4])
  expect(outside.isReleased).toBe(false)
})

test('nested tidy: what the inner one returns belongs to the outer one', () => {
  let middle: Tensor | undefined
  const last = tidy(() => {
    middle = tidy(() => add(tensor([1]), 1))
    return mul(middle, 2)
  })
  expect(middle!.isReleased).toBe(true)
  expect(last.toArraySync()).toEqual([4])
  expect(memory().buffers).toBe(1)
})

test('keep takes a tensor out of every tidy around it', () => {
  let kept: Tensor | undefined
  tidy(() => tidy(() => void (kept = keep(tensor([1])))))
  expect(kept!.isReleased).toBe(false)
})

test('an error in tidy gives everything back', () => {
  const call = () =>
    tidy(() => {
      add(tensor([1]), 1)
      throw new Error('halfway')
    })
  expect(call).toThrow('halfway')
  expect(memory().buffers).toBe(0)
})

test('tidy refuses promises, and frees what was made until then', async () => {
  await expectCode(() => tidy(async () => tensor([1])), 'INVALID_ARGUMENT', 'tidy', 'synchronous')
  expect(memory().buffers).toBe(0)
})

test('using: Symbol.dispose releases', () => {
  {
    using x = tensor([1, 2])
    expect(x.isReleased).toBe(false)
  }
  expect(memory().buffers).toBe(0)
})

test('reshape shares storage; the last handle frees it', () => {
  const x = tensor([1, 2, 3, 4])
  const y = reshape(x, [2, 2])
  expect(memory().buffers).toBe(1)
  x.dispose()
  expect(y.toArraySync()).toEqual([
    [1, 2],
    [3, 4],
  ])
  y.dispose()
  expect(memory().buffers).toBe(0)
})

test('use after release names the tensor, and the way out', async () => {
  const x = tensor([[1, 2]])
  x.dispose()
  const words = [`tensor #${x.id}`, 'float32[1, 2]', 'released', 'tidy']
  await expectCode(() => add(x, 1), 'TENSOR_RELEASED', ...words)
  await expectCode(() => x.data(), 'TENSOR_RELEASED', ...words)
  await expectCode(() => reshape(x, [2]), 'TENSOR_RELEASED', 'reshape')
  await expectCode(() => compile((y: Tensor) => y)(x), 'TENSOR_RELEASED', 'compiled function')
  expect(String(x)).toContain('released')
})

test('disposeTree frees every tensor of a tree', () => {
  disposeTree({ a: [tensor([1]), { b: tensor([2]) }], c: 'text', d: new Map() })
  expect(memory().buffers).toBe(0)
})

test('the garbage collector is the net under all of this', async () => {
  const { gc } = globalThis as { gc?: () => void }
  if (gc === undefined) throw new Error('run with --expose-gc')
  for (let i = 0; i < 20; i++) add(tensor([i]), 1)
  // Finalizers run between tasks, some time after a collection.
  await vi.waitFor(
    () => {
      gc()
      expect(memory().buffers).toBe(0)
    },
    { timeout: 10_000, interval: 5 },
  )
})

test('a pullback holds its intermediates until it is disposed', () => {
  const x = tensor([1, 2])
  const [value, pullback] = vjp((y) => sum(mul(y, y)), x)
  expect(memory().buffers).toBeGreaterThan(2)
  x.dispose()
  expect(pullback(tensor(1))[0]!.toArraySync()).toEqual([2, 4])
  pullback.dispose()
  value.dispose()
  expect(memory().buffers).toBe(2)
})

test('a pullback of a function that returns its input leaves the value alone', () => {
  const [value, pullback] = vjp((y) => y, tensor([1]))
  pullback.dispose()
  expect(value.toArraySync()).toEqual([1])
})

test('a trace that throws gives its hold on captured tensors back', async () => {
  const captured = tensor([1, 2])
  const failing = (x: Tensor): Tensor => {
    const y = add(x, captured)
    y.dataSync()
    return y
  }
  const x = tensor([1, 2])
  await expectCode(() => compile(failing)(x), 'SYMBOLIC_VALUE')
  await expectCode(() => trace(failing)(x), 'SYMBOLIC_VALUE')
  captured.dispose()
  x.dispose()
  expect(memory().buffers).toBe(0)
})

test('a backend that cannot compile a program leaves nothing held', async () => {
  const refusing: Backend = {
    ...backend,
    compile() {
      throw new Error('too large')
    },
  }
  const captured = tensor([1], { backend: refusing })
  const x = tensor([1], { backend: refusing })
  expect(() => compile((y: Tensor) => add(y, captured))(x)).toThrow('too large')
  captured.dispose()
  x.dispose()
  expect(backend.memory().buffers).toBe(0)
})

test('release happens once a storage, whatever the handles do', () => {
  const released = new Map<object, number>()
  const counting: Backend = {
    ...backend,
    release(storage) {
      released.set(storage, (released.get(storage) ?? 0) + 1)
      backend.release(storage)
    },
  }
  tidy(() => {
    const x = tensor([1, 2], { backend: counting })
    const views = [reshape(x, [2, 1]), reshape(x, [1, 2])]
    views.forEach((view) => view.dispose())
    return add(x, x)
  }).dispose()
  expect([...released.values()]).toEqual([1, 1])
})
