/** A polyline whose beginnings and pieces are had without building it anew: paths that grow at every frame. */
export class Trail {
  readonly #text: string
  readonly #starts: readonly number[]

  constructor(points: readonly (readonly [x: number, y: number])[]) {
    const starts: number[] = []
    let text = ''
    for (const [x, y] of points) {
      starts.push(text.length + 1)
      text += `L${x.toFixed(1)} ${y.toFixed(1)}`
    }
    this.#text = text
    this.#starts = starts
  }

  get length(): number {
    return this.#starts.length
  }

  /** From point number `from` to point number `to`, as SVG's `d`; it ends where the points do. */
  between(from: number, to: number): string {
    const last = Math.min(to, this.length - 1)
    if (last < 0) return ''
    const first = Math.max(0, Math.min(from, last))
    return `M${this.#text.slice(this.#starts[first], (this.#starts[last + 1] ?? this.#text.length + 1) - 1)}`
  }
}
