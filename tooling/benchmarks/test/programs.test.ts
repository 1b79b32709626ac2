import { afterEach, describe, expect, test, vi } from 'vitest'
import { bundleSizes } from '../src/extras/bundle.js'
import { w1Shipment } from '../src/programs/w1-shipment.js'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

/** What a program prints: the loss after 100 steps of W1. */
async function printed(program: () => Promise<unknown>): Promise<unknown> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  await program()
  return log.mock.calls[0]?.[0]
}

describe('the programs that are weighed and started', () => {
  test('train the same network, the shipped one too', async () => {
    const cpu = Number(await printed(() => import('../src/programs/w1-neurite-cpu.js')))
    const wasm = Number(await printed(() => import('../src/programs/w1-neurite-wasm.js')))
    const shipment = await w1Shipment()
    vi.stubGlobal('fetch', () => Promise.resolve({ json: () => Promise.resolve(shipment) }))
    const shipped = await printed(() => import('../src/programs/w1-shipped-wasm.js'))
    expect(cpu).toBeGreaterThan(0)
    expect(cpu).toBeLessThan(0.2)
    expect(wasm).toBeCloseTo(cpu, 5)
    expect(shipped).toBe(wasm)
  })

  test('the shipped one has no compiler, and what it fetches is weighed, too', async () => {
    const [whole, shipped] = await bundleSizes(['wasm'])
    expect([whole!.subject, shipped!.subject]).toEqual(['wasm', 'wasm, shipped'])
    expect(shipped!.gzipped).toBeLessThan(whole!.gzipped / 4)
    expect(shipped!.fetched).toBeGreaterThan(1000)
    expect(whole!.fetched).toBe(0)
  })
})
