import { deflateRawSync } from 'node:zlib'
import { afterEach, expect, test, vi } from 'vitest'
import { inflate } from '../../src/kernels/decode.js'

afterEach(() => vi.restoreAllMocks())

// Several pieces of a stream.
const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => (i * i) % 251)
const text = deflateRawSync(bytes).toString('base64')

test('what was deflated comes back, by zlib where it is', async () => {
  const builtin = vi.spyOn(process, 'getBuiltinModule')
  expect(await inflate(text)).toEqual(bytes)
  expect(builtin).toHaveBeenCalledWith('node:zlib')
})

test('and by a stream elsewhere, as in a page', async () => {
  vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined)
  expect(await inflate(text)).toEqual(bytes)
})

test('what is not deflated fails once, with nothing left unheard', async () => {
  vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined)
  await expect(inflate('////')).rejects.toThrow()
})
