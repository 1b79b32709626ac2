import type { Attribute, Initializer, Node } from './proto.js'

/** A value in the graph: its name, and its shape without the batch axis. */
export interface Value {
  readonly name: string
  readonly shape: readonly number[]
}

/** Collects nodes and constants, and names them. */
export class GraphBuilder {
  readonly nodes: Node[] = []
  readonly initializers: Initializer[] = []

  /** Adds a node and returns its output's name. */
  node(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    const output = `${op}_${this.nodes.length}`
    this.nodes.push({ op, inputs, output, attributes })
    return output
  }

  /** A constant of float32. */
  floats(data: ArrayLike<number>, dims: readonly number[]): string {
    return this.#constant(Float32Array.from(data), dims)
  }

  /** A single number. */
  scalar(value: number): string {
    return this.floats([value], [])
  }

  /** A list of int64, such as a shape. */
  integers(data: readonly number[]): string {
    return this.#constant(BigInt64Array.from(data, BigInt), [data.length])
  }

  #constant(data: Float32Array | BigInt64Array, dims: readonly number[]): string {
    const name = `constant_${this.initializers.length}`
    this.initializers.push({ name, dims, data })
    return name
  }
}
