import { NeuriteError } from '@neurite/core'
import type { WasmMemory } from '../web-assembly.js'
import { webAssembly } from '../web-assembly.js'

/** Bytes of a page of linear memory. */
const PAGE = 65536

/** Blocks begin at multiples of it. */
const ALIGNMENT = 16

/** Vectors may be read this far beyond the last block. */
const MARGIN = 64

/** A part of linear memory. */
export interface Block {
  readonly address: number
  /** At least what was asked for. */
  readonly bytes: number
}

/**
 * An allocator over linear memory. Freed blocks wait, by their size, for the next that needs as many bytes; when memory cannot
 * grow any more, neighbours are joined. Address 0 is never handed out.
 */
export class Heap {
  memory: WasmMemory
  /** The most it may have. */
  readonly pages: number
  private readonly limit: number
  private readonly free = new Map<number, number[]>()
  private top = ALIGNMENT
  private current: ArrayBuffer | undefined
  private words!: Int32Array

  /**
   * @param maximum - bytes that it may take at most
   * @param shared - whether threads share it
   */
  constructor(maximum: number, shared = false) {
    this.pages = Math.max(1, Math.floor(maximum / PAGE))
    this.limit = this.pages * PAGE
    this.memory = new (webAssembly().Memory)({ initial: 1, maximum: this.pages, shared })
  }

  /** Linear memory as int32. Growing detaches it: ask again after each allocation. */
  get int32(): Int32Array {
    const { buffer } = this.memory
    if (buffer !== this.current) {
      this.current = buffer
      this.words = new Int32Array(buffer)
    }
    return this.words
  }

  /**
   * @throws NeuriteError `OUT_OF_MEMORY`
   */
  allocate(wanted: number): Block {
    const bytes = roundUp(wanted)
    const address = this.free.get(bytes)?.pop() ?? this.extend(bytes) ?? this.join(bytes)
    if (address === undefined)
      throw new NeuriteError(
        'OUT_OF_MEMORY',
        `wasm: ${wanted} bytes do not fit: ${this.top} of at most ${this.limit} bytes are taken; release tensors (tidy, dispose), take smaller batches, or give wasm({ maxMemory }) more.`,
        { bytes: wanted, taken: this.top, limit: this.limit },
      )
    return { address, bytes }
  }

  give({ address, bytes }: Block): void {
    const waiting = this.free.get(bytes)
    if (waiting === undefined) this.free.set(bytes, [address])
    else waiting.push(address)
  }

  /** Lets go of linear memory, which only the garbage collector can give back. Nothing can be allocated any more. */
  end(): void {
    this.memory = new (webAssembly().Memory)({ initial: 0, maximum: 0 })
    this.current = undefined
    this.free.clear()
    this.top = this.limit
  }

  /** From memory that was never used. */
  private extend(bytes: number): number | undefined {
    const end = this.top + bytes + MARGIN
    if (end > this.limit) return undefined
    const missing = end - this.memory.buffer.byteLength
    if (missing > 0 && !this.grow(missing)) return undefined
    const address = this.top
    this.top += bytes
    return address
  }

  private grow(missing: number): boolean {
    const size = this.memory.buffer.byteLength
    // Twice as much, so that growing is rare; or what is left; or just enough.
    for (const more of [Math.min(Math.max(missing, size), this.limit - size), missing]) {
      try {
        this.memory.grow(Math.ceil(more / PAGE))
        return true
      } catch {
        // The engine has not as much.
      }
    }
    return false
  }

  /** Joins free neighbours, and takes what is asked for from the first place that is large enough. */
  private join(bytes: number): number | undefined {
    const blocks = [...this.free].flatMap(([size, addresses]) => addresses.map((address) => ({ address, bytes: size })))
    blocks.sort((a, b) => a.address - b.address)
    const joined: { address: number; bytes: number }[] = []
    for (const block of blocks) {
      const last = joined.at(-1)
      if (last !== undefined && last.address + last.bytes === block.address) last.bytes += block.bytes
      else joined.push({ ...block })
    }
    this.free.clear()
    const last = joined.at(-1)
    if (last !== undefined && last.address + last.bytes === this.top) {
      this.top = last.address
      joined.pop()
    }
    const found = joined.find((block) => block.bytes >= bytes)
    for (const block of joined) {
      const rest = block === found ? { address: block.address + bytes, bytes: block.bytes - bytes } : block
      if (rest.bytes > 0) this.give(rest)
    }
    return found?.address ?? this.extend(bytes)
  }
}

/** To a multiple of 16, or of an eighth of the power of two below: so freed blocks fit again, and little is lost. */
function roundUp(bytes: number): number {
  const step = Math.max(ALIGNMENT, (1 << Math.max(0, 31 - Math.clz32(Math.min(bytes, 2 ** 31 - 1)))) / 8)
  return Math.max(ALIGNMENT, Math.ceil(bytes / step) * step)
}
