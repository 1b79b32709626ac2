import { describe, expect, it } from 'vitest'
import { readLibrary } from '../../src/kernels/library.js'
import { compileKernels } from '../../scripts/compile-kernels.js'
import { instructions } from './support/instructions.js'
import { module } from './support/module.js'

const { sections, functions } = readLibrary(module)
const V128 = 0x7b

describe('the module of kernels', () => {
  it('is what assembly/ compiles to', async () => {
    const compiled = await compileKernels()
    expect(Buffer.compare(compiled, module), 'run pnpm build:kernels').toBe(0)
    // A compiler runs: seconds, and many of them on a busy machine.
  }, 120_000)

  it('is functions alone, so that it can be loaded beside any memory content, and several times', () => {
    // Types, imports, functions, exports, code: no table, no globals, no start function, no data. That the only import is a memory
    // shows where tests make instances of it.
    expect(sections).toEqual([1, 2, 3, 7, 10])
  })

  it.each([...functions].filter(([name]) => name.endsWith('_f32x4')))(
    '%s can be copied elsewhere: it calls nothing, and knows neither globals nor memory nor tables',
    (_, { params, results, body }) => {
      expect([...params, ...results].every((type) => type === V128)).toBe(true)
      const { opcodes, complete } = instructions(body)
      expect(complete, `0x${opcodes.at(-1)!.toString(16)}`).toBe(true)
    },
  )
})
