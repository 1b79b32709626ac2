import { describe, expect, it, test } from 'vitest'
import { ownMemory } from '../../src/encode/memory.js'
import { encodeModule } from '../../src/encode/module.js'
import { withCallees } from '../../src/kernels/callees.js'
import { codeOf, Op } from '../../src/kernels/code.js'
import { readLibrary } from '../../src/kernels/library.js'
import { instructions } from './support/instructions.js'
import { call, matmulScratch } from './support/call.js'
import { module } from './support/module.js'
import { Instance, Module, validate, type Memory } from './support/web-assembly.js'

const { functions } = readLibrary(module)
const { siblings } = functions.get('matmul_f32')!

const memory = ownMemory({ pages: 64, data: { address: 0, bytes: new Uint8Array() }, numbers: {} })

/** A module of some functions and what they call, behind an import, so that numbers differ from those of the kernels' module. */
function moduleOf(...names: readonly string[]): Uint8Array<ArrayBuffer> {
  const found = withCallees(
    names.map((name) => functions.get(name)!),
    1,
  )
  return encodeModule({
    imports: [{ module: 'host', name: 'exp', params: [0x7c], results: [0x7c] }],
    functions: found.map((each, i) => ({ ...each, ...(i < names.length && { exported: names[i]! }) })),
    memory,
  })
}

describe('the instructions of a body', () => {
  it('end where the body does, in every function of the kernels', () => {
    expect(siblings.length).toBeGreaterThan(functions.size)
    for (const each of siblings) {
      const { instructions: found } = codeOf(each)
      expect(found.at(-1)).toMatchObject({ op: Op.end, end: each.body.length })
    }
  })

  it('are those that another reader finds, in functions without memory', () => {
    const math = [...functions].filter(([name]) => name.endsWith('_f32x4')).map(([, each]) => each)
    expect(math.length).toBeGreaterThan(8)
    for (const each of math)
      expect(codeOf(each).instructions.map(({ op }) => op)).toEqual(instructions(each.body).opcodes)
  })

  it('are told apart whatever follows an opcode', () => {
    // Immediates are chosen so that one that is missed, or read twice, is an opcode that changes what follows.
    const code: readonly (readonly [op: number, ...bytes: number[]])[] = [
      [0x02, 0x02, 0x40],
      [0x03, 0x03, 0x7f],
      [0x0c, 0x0c, 0x02],
      [0x0e, 0x0e, 2, 0x02, 0x03, 0x04],
      [0x10, 0x10, 0x82, 0x02],
      [0x1c, 0x1c, 1, 0x7b],
      [0x20, 0x20, 0x82, 0x02],
      [0x28, 0x28, 0x02, 0x83, 0x02],
      [0x3f, 0x3f, 0x02],
      [0x41, 0x41, 0x82, 0x82, 0x02],
      [0x42, 0x42, 0x82, 0x82, 0x82, 0x82, 0x82, 0x82, 0x02],
      [0x43, 0x43, 2, 2, 2, 2],
      [0x44, 0x44, 2, 2, 2, 2, 2, 2, 2, 2],
      [0xfc0a, 0xfc, 10, 0x02, 0x02],
      [0xfc0b, 0xfc, 11, 0x02],
      [0xfd00, 0xfd, 0, 0x02, 0x02],
      [0xfd0c, 0xfd, 12, ...new Array<number>(16).fill(2)],
      [0xfd0d, 0xfd, 13, ...new Array<number>(16).fill(2)],
      [0xfd1b, 0xfd, 0x1b, 0x02],
      [0xfd5b, 0xfd, 0x5b, 0x02, 0x02, 0x02],
      [0xfd5c, 0xfd, 0x5c, 0x02, 0x02],
      [0xfde4, 0xfd, 0xe4, 0x01],
      [0x6a, 0x6a],
      [0x0b, 0x0b],
    ]
    const locals = [2, 3, 0x7f, 1, 0x7b]
    const body = Uint8Array.from([...locals, ...code.flatMap(([, ...bytes]) => bytes)])
    const found = codeOf({ params: [], results: [], body, siblings: [] })
    expect(found.locals).toEqual([0x7f, 0x7f, 0x7f, 0x7b])
    expect(found.instructions.map(({ op, start, end }) => [op, end - start])).toEqual(
      code.map(([op, ...bytes]) => [op, bytes.length]),
    )
  })

  it.each([
    ['call_indirect', [0x11, 0, 0]],
    ['global.get', [0x23, 0]],
    ['table.get', [0x25, 0]],
    ['ref.func', [0xd2, 0]],
    ['memory.init', [0xfc, 8, 0, 0]],
    ['a block of a type of the module', [0x02, 0x00, 0x0b]],
  ])('%s belongs to its module, and is refused', (_, code) => {
    const body = Uint8Array.from([0, ...code, 0x0b])
    expect(() => codeOf({ params: [], results: [], body, siblings: [] })).toThrow('cannot be read on its own')
  })
})

describe('functions with what they call', () => {
  it.each([...functions.keys()])('%s is a module of its own', (name) => {
    expect(validate(moduleOf(name))).toBe(true)
  })

  test('each is there once, those that were asked for first', () => {
    const asked = ['conv2d_f32', 'matmul_f32', 'gather_4'].map((name) => functions.get(name)!)
    const found = withCallees(asked, 7)
    expect(found.slice(0, 3).map(({ params }) => params)).toEqual(asked.map(({ params }) => params))
    const apart = asked.flatMap((each) => withCallees([each], 0))
    expect(found.length).toBeGreaterThan(asked.length)
    // Products and convolutions share what they call.
    expect(found.length).toBeLessThan(apart.length)
  })

  test('a kernel computes the bits that it computes at home', () => {
    const [m, n, k] = [9, 33, 70]
    const a = Float32Array.from({ length: m * k }, (_, i) => Math.sin(i))
    const b = Float32Array.from({ length: k * n }, (_, i) => Math.cos(1.1 * i))
    const numbers = [m, n, k, k, 1, n, 1]
    const expected = call('matmul_f32', new Float32Array(m * n), a, b, ...numbers, matmulScratch(...numbers))

    const { exports } = new Instance(new Module(moduleOf('gather_4', 'matmul_f32')), { host: Math })
    const { buffer } = exports['memory'] as object as Memory
    const view = (address: number, length: number): Float32Array => new Float32Array(buffer, address, length)
    view(16, a.length).set(a)
    view(16384, b.length).set(b)
    exports['matmul_f32']!(65536, 16, 16384, ...numbers, 131072)
    expect([...view(65536, m * n)]).toEqual([...expected])
  })
})
