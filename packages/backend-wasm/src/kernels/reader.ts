/** Reads the binary format (WebAssembly core specification 2.0, 5.2), from the beginning on. */
export class Reader {
  readonly #from: Uint8Array
  #at = 0

  constructor(from: Uint8Array) {
    this.#from = from
  }

  /** How many bytes are read. */
  get at(): number {
    return this.#at
  }

  get done(): boolean {
    return this.#at >= this.#from.length
  }

  skip(count: number): void {
    this.#at += count
  }

  byte(): number {
    return this.#from[this.#at++]!
  }

  bytes(count: number): Uint8Array {
    this.#at += count
    return this.#from.subarray(this.#at - count, this.#at)
  }

  /** Unsigned LEB128, of 32 bits. */
  number(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte()
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
  }

  list<T>(read: (reader: Reader) => T): T[] {
    return Array.from({ length: this.number() }, () => read(this))
  }
}
