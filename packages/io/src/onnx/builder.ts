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

  /**
   * x - data. In two parts, since float32 has seven digits: of an instant in milliseconds the first part takes x near 0, exactly (Sterbenz
   * 1974), and the second the rest.
   */
  minus(x: string, data: ArrayLike<number>, dims: readonly number[]): string {
    const high = Float32Array.from(data)
    const low = Float32Array.from(data, (value, i) => value - high[i]!)
    return [high, low].reduce(
      (from, part) => (part.some((value) => value !== 0) ? this.node('Sub', [from, this.floats(part, dims)]) : from),
      x,
    )
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
