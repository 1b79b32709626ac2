import {
  allocate, fillRandom, sizeOf, stridesOf, type Backend, type Kernel, type Kernels, type Operand, type PrimitiveName, type TensorSpec, type TypedArray,
} from '../../src/index.js'

/** Storage of the reference backend: the elements, and whether they were given back. */
interface Stored { data: TypedArray; released: boolean }
type Input = Operand<Stored>

/**
 * The clearest backend there can be, for core's own tests: every kernel is a formula over indices. `asynchronous` takes
 * readSync away; `dtypes` and `missing` take capabilities away.
 */
export function reference(options: { asynchronous?: boolean; dtypes?: Backend['capabilities']['dtypes']; missing?: PrimitiveName[]; name?: string } = {}): Backend<Stored> {
  let buffers = 0
  let bytes = 0
  let disposed = false
  const hold = (data: TypedArray): Stored => {
    buffers++
    bytes += data.byteLength
    return { data, released: false }
  }
  const alive = ({ storage }: Input): TypedArray => {
    if (storage.released) throw new Error('kernel: released storage')
    return storage.data
  }
  /** Fills the output index by index. */
  const build = (output: TensorSpec, at: (index: number[], flat: number) => number): Stored => {
    const data = allocate(output.dtype, sizeOf(output.shape))
    for (let flat = 0; flat < data.length; flat++) data[flat] = at(unravel(flat, output.shape), flat)
    return hold(data)
  }
  /** Reads an operand at an index of a shape it broadcasts to. */
  const reader = (operand: Input): ((index: readonly number[]) => number) => {
    const data = alive(operand)
    const strides = stridesOf(operand.shape)
    return (index) => {
      const lead = index.length - operand.shape.length
      return data[operand.shape.reduce((sum, extent, i) => sum + (extent === 1 ? 0 : index[lead + i]! * strides[i]!), 0)]!
    }
  }
  const map = (f: (...values: number[]) => number): Kernel<'add', Stored> & Kernel<'neg', Stored> & Kernel<'where', Stored> => (inputs, _, output) => {
    const readers = inputs.map(reader)
    return build(output, (index) => f(...readers.map((read) => read(index))))
  }
  const integerAware = (float: (a: number, b: number) => number, integer: (a: number, b: number) => number): Kernel<'add', Stored> => (inputs, params, output) =>
    map(output.dtype === 'int32' ? integer : float)(inputs, params, output)
  const reduce = (start: number, step: (total: number, value: number) => number): Kernel<'sum', Stored> => ([x], { axes }, output) => {
    const totals = new Float64Array(sizeOf(output.shape)).fill(start)
    const kept = x!.shape.map((extent, i) => (axes.includes(i) ? 1 : extent))
    const strides = stridesOf(kept)
    alive(x!).forEach((value, flat) => {
      const place = unravel(flat, x!.shape).reduce((sum, n, i) => sum + (kept[i] === 1 ? 0 : n * strides[i]!), 0)
      totals[place] = step(totals[place]!, value)
    })
    return build(output, (_, flat) => totals[flat]!)
  }
  const extremeIndex = (better: (a: number, b: number) => boolean): Kernel<'argMax', Stored> => ([x], { axis }, output) => {
    const read = reader(x!)
    return build(output, (index) => {
      const at = (k: number): number => read([...index.slice(0, axis), k, ...index.slice(axis)])
      let best = 0
      for (let k = 1; k < x!.shape[axis]!; k++) if (better(at(k), at(best))) best = k
      return best
    })
  }
  const larger = (a: number, b: number): boolean => a > b || (Number.isNaN(a) && !Number.isNaN(b))
  const smaller = (a: number, b: number): boolean => a < b || (Number.isNaN(a) && !Number.isNaN(b))
  const extreme = (a: number, b: number, wins: (x: number, y: number) => boolean): number => (wins(a, b) ? a : b)
  /** Calls back for every window position and every place in it that lies inside the image. */
  const windows = (
    image: readonly number[], outer: readonly number[], window: readonly number[],
    { strides, padding }: { strides: readonly [number, number]; padding: readonly (readonly [number, number])[] },
    visit: (oy: number, ox: number, ky: number, kx: number, y: number, x: number) => void,
  ): void => {
    for (let oy = 0; oy < outer[1]!; oy++) for (let ox = 0; ox < outer[2]!; ox++) {
      for (let ky = 0; ky < window[0]!; ky++) for (let kx = 0; kx < window[1]!; kx++) {
        const y = oy * strides[0] + ky - padding[0]![0]
        const x = ox * strides[1] + kx - padding[1]![0]
        if (y >= 0 && x >= 0 && y < image[1]! && x < image[2]!) visit(oy, ox, ky, kx, y, x)
      }
    }
  }
  const at4 = ([, h, w, c]: readonly number[], n: number, y: number, x: number, k: number): number => ((n * h! + y) * w! + x) * c! + k
  /** For each image and channel and window, the position of its first maximum. */
  const winners = (x: Input, outer: readonly number[], params: Parameters<Kernel<'maxPool2d', Stored>>[1]): Int32Array => {
    const data = alive(x)
    const result = new Int32Array(sizeOf(outer)).fill(-1)
    for (let n = 0; n < outer[0]!; n++) for (let c = 0; c < outer[3]!; c++) {
      windows(x.shape, outer, params.window, params, (oy, ox, _ky, _kx, y, xx) => {
        const o = at4(outer, n, oy, ox, c)
        const i = at4(x.shape, n, y, xx, c)
        if (result[o]! < 0 || larger(data[i]!, data[result[o]!]!)) result[o] = i
      })
    }
    return result
  }
  const pooledShape = (shape: readonly number[], { window, strides, padding }: Parameters<Kernel<'maxPool2d', Stored>>[1]): number[] => [
    shape[0]!, ...[0, 1].map((i) => Math.floor((shape[i + 1]! + padding[i]![0] + padding[i]![1] - window[i]!) / strides[i]!) + 1), shape[3]!,
  ]
  const convolve = (x: Input, filter: Input, outer: readonly number[], params: Parameters<Kernel<'conv2d', Stored>>[1], visit: (xi: number, fi: number, oi: number) => void): void => {
    const [kh, kw, ins, outs] = filter.shape
    for (let n = 0; n < outer[0]!; n++) windows(x.shape, outer, [kh!, kw!], params, (oy, ox, ky, kx, y, xx) => {
      for (let i = 0; i < ins!; i++) for (let o = 0; o < outs!; o++) visit(at4(x.shape, n, y, xx, i), at4(filter.shape, ky, kx, i, o), at4(outer, n, oy, ox, o))
    })
  }
  const accumulate = (output: TensorSpec, add: (into: Float64Array) => void): Stored => {
    const sums = new Float64Array(sizeOf(output.shape))
    add(sums)
    return build(output, (_, flat) => sums[flat]!)
  }

  const kernels: Kernels<Stored> = {
    neg: map((x) => -x), abs: map(Math.abs), sign: map(Math.sign), floor: map(Math.floor), exp: map(Math.exp), expm1: map(Math.expm1),
    log: map(Math.log), log1p: map(Math.log1p), sqrt: map(Math.sqrt), sin: map(Math.sin), cos: map(Math.cos), tanh: map(Math.tanh),
    sigmoid: map((x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)))), relu: map((x) => (x > 0 || Number.isNaN(x) ? x : 0)), erf: map(erf),
    logicalNot: map((x) => (x === 0 ? 1 : 0)),
    cast: (inputs, _, output) => map(output.dtype === 'bool' ? (x) => (x === 0 ? 0 : 1) : output.dtype === 'int32' ? (x) => (Number.isNaN(x) ? 0 : Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(x)))) : (x) => x)(inputs, {}, output),
    add: map((a, b) => a + b), sub: map((a, b) => a - b), mul: integerAware((a, b) => a * b, Math.imul), div: integerAware((a, b) => a / b, (a, b) => (b === 0 ? 0 : Math.trunc(a / b))),
    pow: map((a, b) => a ** b), maximum: map((a, b) => extreme(a, b, larger)), minimum: map((a, b) => extreme(a, b, smaller)),
    equal: map((a, b) => Number(a === b)), less: map((a, b) => Number(a < b)), lessEqual: map((a, b) => Number(a <= b)),
    logicalAnd: map((a, b) => a & b), logicalOr: map((a, b) => a | b), where: map((c, a, b) => (c !== 0 ? a : b)),
    sum: reduce(0, (total, value) => total + value), max: reduce(-Infinity, (a, b) => extreme(b, a, larger)), min: reduce(Infinity, (a, b) => extreme(b, a, smaller)),
    argMax: extremeIndex(larger), argMin: extremeIndex(smaller),
    topKIndices: ([x], { k }, output) => {
      const data = alive(x!)
      const columns = x!.shape.at(-1)!
      return build(output, (_, flat) => {
        const row = Math.floor(flat / k) * columns
        const order = Array.from({ length: columns }, (_, i) => i).sort((a, b) => (larger(data[row + a]!, data[row + b]!) ? -1 : larger(data[row + b]!, data[row + a]!) ? 1 : a - b))
        return order[flat % k]!
      })
    },
    cumsum: ([x], { axis, reverse }, output) => {
      const read = reader(x!)
      return build(output, (index) => {
        let total = 0
        const [from, to] = reverse ? [index[axis]!, output.shape[axis]! - 1] : [0, index[axis]!]
        for (let k = from; k <= to; k++) total += read(index.map((n, i) => (i === axis ? k : n)))
        return total
      })
    },
    matmul: ([a, b], { transposeA, transposeB }, output) => {
      const p = reader(a!)
      const q = reader(b!)
      const inner = a!.shape.at(transposeA ? -2 : -1)!
      return build(output, (index) => {
        const batch = index.slice(0, -2)
        const [i, j] = index.slice(-2) as [number, number]
        let total = 0
        for (let k = 0; k < inner; k++) total += p([...batch, ...(transposeA ? [k, i] : [i, k])]) * q([...batch, ...(transposeB ? [j, k] : [k, j])])
        return total
      })
    },
    conv2d: ([x, filter], params, output) => accumulate(output, (sums) => convolve(x!, filter!, output.shape, params, (xi, fi, oi) => { sums[oi]! += alive(x!)[xi]! * alive(filter!)[fi]! })),
    conv2dInputGradient: ([upstream, filter], params, output) => accumulate(output, (sums) => convolve({ ...upstream!, shape: output.shape }, filter!, upstream!.shape, params, (xi, fi, oi) => { sums[xi]! += alive(upstream!)[oi]! * alive(filter!)[fi]! })),
    conv2dFilterGradient: ([x, upstream], params, output) => accumulate(output, (sums) => convolve(x!, { ...x!, shape: output.shape }, upstream!.shape, params, (xi, fi, oi) => { sums[fi]! += alive(x!)[xi]! * alive(upstream!)[oi]! })),
    maxPool2d: ([x], params, output) => { const best = winners(x!, output.shape, params); return build(output, (_, flat) => alive(x!)[best[flat]!]!) },
    maxPool2dGradient: ([x, upstream], params, output) => accumulate(output, (sums) => winners(x!, upstream!.shape, params).forEach((i, o) => { sums[i]! += alive(upstream!)[o]! })),
    maxPool2dPick: ([x, values], params, output) => { const best = winners(x!, pooledShape(x!.shape, params), params); return build(output, (_, flat) => alive(values!)[best[flat]!]!) },
    avgPool2d: ([x], params, output) => {
      const counts = new Float64Array(sizeOf(output.shape))
      return accumulate(output, (sums) => {
        for (let n = 0; n < output.shape[0]!; n++) for (let c = 0; c < output.shape[3]!; c++) windows(x!.shape, output.shape, params.window, params, (oy, ox, _ky, _kx, y, xx) => {
          sums[at4(output.shape, n, oy, ox, c)]! += alive(x!)[at4(x!.shape, n, y, xx, c)]!
          counts[at4(output.shape, n, oy, ox, c)]!++
        })
        sums.forEach((total, i) => { sums[i] = total / counts[i]! })
      })
    },
    avgPool2dGradient: ([upstream], params, output) => accumulate(output, (sums) => {
      const counts = new Float64Array(sizeOf(upstream!.shape))
      const every = (visit: (o: number, i: number) => void): void => {
        for (let n = 0; n < output.shape[0]!; n++) for (let c = 0; c < output.shape[3]!; c++) windows(output.shape, upstream!.shape, params.window, params, (oy, ox, _ky, _kx, y, xx) => visit(at4(upstream!.shape, n, oy, ox, c), at4(output.shape, n, y, xx, c)))
      }
      every((o) => { counts[o]!++ })
      every((o, i) => { sums[i]! += alive(upstream!)[o]! / counts[o]! })
    }),
    transpose: ([x], { axes }, output) => { const read = reader(x!); return build(output, (index) => read(x!.shape.map((_, i) => index[axes.indexOf(i)]!))) },
    broadcastTo: (inputs, _, output) => map((x) => x)(inputs, {}, output),
    concat: (inputs, { axis }, output) => {
      const readers = inputs.map((input) => ({ read: reader(input), extent: input.shape[axis]! }))
      return build(output, (index) => {
        let at = index[axis]!
        for (const { read, extent } of readers) {
          if (at < extent) return read(index.map((n, i) => (i === axis ? at : n)))
          at -= extent
        }
        throw new Error('concat: index beyond the inputs')
      })
    },
    pad: ([x], { paddings, value }, output) => {
      const read = reader(x!)
      return build(output, (index) => {
        const inner = index.map((n, i) => n - paddings[i]![0])
        return inner.every((n, i) => n >= 0 && n < x!.shape[i]!) ? read(inner) : value
      })
    },
    slice: ([x], { begin }, output) => { const read = reader(x!); return build(output, (index) => read(index.map((n, i) => n + begin[i]!))) },
    gather: ([x, indices], { axis }, output) => {
      const read = reader(x!)
      const pick = reader(indices!)
      return build(output, (index) => {
        const k = pick(index.slice(axis, axis + indices!.shape.length))
        return k < 0 || k >= x!.shape[axis]! ? 0 : read([...index.slice(0, axis), k, ...index.slice(axis + indices!.shape.length)])
      })
    },
    scatterAdd: ([updates, indices], { axis, extent, indexRank }, output) => accumulate(output, (sums) => {
      const strides = stridesOf(output.shape)
      const pick = reader(indices!)
      alive(updates!).forEach((value, flat) => {
        const index = unravel(flat, updates!.shape)
        const k = pick(index.slice(axis, axis + indexRank))
        if (k < 0 || k >= extent) return
        const place = [...index.slice(0, axis), k, ...index.slice(axis + indexRank)]
        sums[place.reduce((sum, n, i) => sum + n * strides[i]!, 0)]! += value
      })
    }),
    full: (_, { value }, output) => build(output, () => value),
    arange: (_, { start, step }, output) => build(output, (_, flat) => start + flat * step),
    random: (_, { distribution, key }, output) => { const data = allocate(output.dtype, sizeOf(output.shape)); fillRandom(distribution, key, data); return hold(data) },
  }

  const read = (storage: Stored): TypedArray => {
    if (storage.released) throw new Error('read: released storage')
    return storage.data.slice()
  }
  return {
    contractVersion: 1,
    name: options.name ?? 'reference',
    capabilities: { dtypes: options.dtypes ?? ['float32', 'float64', 'int32', 'bool'], syncRead: !(options.asynchronous ?? false), float32Precision: 32, missing: options.missing ?? [] },
    kernels,
    upload: (data) => hold(data.slice()),
    read: (storage) => Promise.resolve(read(storage)),
    ...(options.asynchronous ? {} : { readSync: read }),
    release(storage) {
      if (storage.released) throw new Error('release: twice')
      storage.released = true
      if (disposed) return
      buffers--
      bytes -= storage.data.byteLength
    },
    memory: () => ({ buffers, bytes }),
    dispose() {
      disposed = true
      buffers = 0
      bytes = 0
    },
  }
}

function unravel(flat: number, shape: readonly number[]): number[] {
  return stridesOf(shape).map((stride, i) => Math.floor(flat / stride) % shape[i]!)
}

/** By its Taylor series near 0 and its continued fraction beyond (Abramowitz & Stegun 7.1.5, 7.1.14). */
function erf(x: number): number {
  const a = Math.abs(x)
  if (Number.isNaN(x) || x === 0) return x
  if (a > 6) return Math.sign(x)
  if (a < 2.5) {
    let term = x
    let total = x
    for (let n = 1; n < 120; n++) {
      term *= (-x * x) / n
      total += term / (2 * n + 1)
    }
    return (2 / Math.sqrt(Math.PI)) * total
  }
  let fraction = 0
  for (let k = 80; k >= 1; k--) fraction = k / 2 / (a + fraction)
  return Math.sign(x) * (1 - Math.exp(-a * a) / ((a + fraction) * Math.sqrt(Math.PI)))
}

