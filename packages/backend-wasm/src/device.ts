import { KERNELS } from './generated/kernels.js'
import { readLibrary, type LibraryFunction } from './kernels/library.js'
import { Heap, type Block } from './memory/heap.js'
import { Storages } from './memory/storage.js'
import { webAssembly } from './web-assembly.js'

/** Linear memory, who hands it out, and the kernels that work in it. */
export class Device {
  readonly heap: Heap
  readonly storages: Storages
  readonly library: ReadonlyMap<string, LibraryFunction>
  readonly kernels: Readonly<Record<string, unknown>>
  /** Bytes that the kernels of matrix products and convolutions need to work in. */
  readonly scratchPerProduct: number
  private working: Block | undefined

  constructor(maxMemory: number) {
    const api = webAssembly()
    const bytes = decode(KERNELS)
    this.heap = new Heap(maxMemory)
    this.storages = new Storages(this.heap)
    this.library = readLibrary(bytes).functions
    this.kernels = new api.Instance(new api.Module(bytes), { env: { memory: this.heap.memory } }).exports
    const { matmulScratch } = this.kernels as { readonly matmulScratch?: () => number }
    this.scratchPerProduct = matmulScratch?.() ?? 0
  }

  /** The address of memory in which a kernel may work. Only one runs at a time. */
  scratch(bytes: number): number {
    if (this.working === undefined || this.working.bytes < bytes) this.working = this.heap.allocate(bytes)
    return this.working.address
  }
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}
