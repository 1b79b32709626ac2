import { broadcasting, type DenseLoop, type Loop } from './broadcast.js'

/** Any function of two numbers. The engine cannot inline what differs from call to call: hot operations have loops of their own. */
export const each =
  (f: (a: number, b: number) => number): Loop =>
  ({ rows, columns, aRow, aColumn, bRow, bColumn }, out, a, b, _c, o, i, j) => {
    for (let row = 0; row < rows; row++, i += aRow, j += bRow) {
      for (let column = 0, p = i, q = j; column < columns; column++, p += aColumn, q += bColumn)
        out[o++] = f(a[p]!, b[q]!)
    }
  }

const add: Loop = ({ rows, columns, aRow, aColumn, bRow, bColumn }, out, a, b, _c, o, i, j) => {
  for (let row = 0; row < rows; row++, i += aRow, j += bRow) {
    for (let column = 0, p = i, q = j; column < columns; column++, p += aColumn, q += bColumn) out[o++] = a[p]! + b[q]!
  }
}

const sub: Loop = ({ rows, columns, aRow, aColumn, bRow, bColumn }, out, a, b, _c, o, i, j) => {
  for (let row = 0; row < rows; row++, i += aRow, j += bRow) {
    for (let column = 0, p = i, q = j; column < columns; column++, p += aColumn, q += bColumn) out[o++] = a[p]! - b[q]!
  }
}

const mul: Loop = ({ rows, columns, aRow, aColumn, bRow, bColumn }, out, a, b, _c, o, i, j) => {
  for (let row = 0; row < rows; row++, i += aRow, j += bRow) {
    for (let column = 0, p = i, q = j; column < columns; column++, p += aColumn, q += bColumn) out[o++] = a[p]! * b[q]!
  }
}

const div: Loop = ({ rows, columns, aRow, aColumn, bRow, bColumn }, out, a, b, _c, o, i, j) => {
  for (let row = 0; row < rows; row++, i += aRow, j += bRow) {
    for (let column = 0, p = i, q = j; column < columns; column++, p += aColumn, q += bColumn) out[o++] = a[p]! / b[q]!
  }
}

/** Gradients of relu, abs and the like ask for it. */
const less: Loop = ({ rows, columns, aRow, aColumn, bRow, bColumn }, out, a, b, _c, o, i, j) => {
  for (let row = 0; row < rows; row++, i += aRow, j += bRow) {
    for (let column = 0, p = i, q = j; column < columns; column++, p += aColumn, q += bColumn)
      out[o++] = Number(a[p]! < b[q]!)
  }
}

const where: Loop = ({ rows, columns, aRow, aColumn, bRow, bColumn, cRow, cColumn }, out, a, b, c, o, i, j, k) => {
  for (let row = 0; row < rows; row++, i += aRow, j += bRow, k += cRow) {
    for (let column = 0, p = i, q = j, r = k; column < columns; column++, p += aColumn, q += bColumn, r += cColumn) {
      out[o++] = a[p] !== 0 ? b[q]! : c[r]!
    }
  }
}

// Where nothing is broadcast, four at a time: half of the time is the loop's own.
const addDense: DenseLoop = (n, out, a, b) => {
  let i = 0
  for (; i + 4 <= n; i = (i + 4) | 0) {
    out[i] = a[i]! + b[i]!
    out[i + 1] = a[i + 1]! + b[i + 1]!
    out[i + 2] = a[i + 2]! + b[i + 2]!
    out[i + 3] = a[i + 3]! + b[i + 3]!
  }
  for (; i < n; i++) out[i] = a[i]! + b[i]!
}

const subDense: DenseLoop = (n, out, a, b) => {
  let i = 0
  for (; i + 4 <= n; i = (i + 4) | 0) {
    out[i] = a[i]! - b[i]!
    out[i + 1] = a[i + 1]! - b[i + 1]!
    out[i + 2] = a[i + 2]! - b[i + 2]!
    out[i + 3] = a[i + 3]! - b[i + 3]!
  }
  for (; i < n; i++) out[i] = a[i]! - b[i]!
}

const mulDense: DenseLoop = (n, out, a, b) => {
  let i = 0
  for (; i + 4 <= n; i = (i + 4) | 0) {
    out[i] = a[i]! * b[i]!
    out[i + 1] = a[i + 1]! * b[i + 1]!
    out[i + 2] = a[i + 2]! * b[i + 2]!
    out[i + 3] = a[i + 3]! * b[i + 3]!
  }
  for (; i < n; i++) out[i] = a[i]! * b[i]!
}

// Storing into an Int32Array wraps around, which a product of doubles would be too coarse for; NaN is stored as 0.
export const binaryPlanners = {
  add: broadcasting({ any: each((a, b) => a + b), float32: add, dense: addDense }),
  sub: broadcasting({ any: each((a, b) => a - b), float32: sub, dense: subDense }),
  mul: broadcasting({ any: each((a, b) => a * b), float32: mul, dense: mulDense, int32: each(Math.imul) }),
  div: broadcasting({ any: each((a, b) => a / b), float32: div, int32: each((a, b) => (b === 0 ? 0 : a / b)) }),
  maximum: broadcasting({ any: each(Math.max) }),
  minimum: broadcasting({ any: each(Math.min) }),
  equal: broadcasting({ any: each((a, b) => Number(a === b)) }),
  less: broadcasting({ any: each((a, b) => Number(a < b)), float32: less }),
  lessEqual: broadcasting({ any: each((a, b) => Number(a <= b)) }),
  logicalAnd: broadcasting({ any: each((a, b) => a & b) }),
  logicalOr: broadcasting({ any: each((a, b) => a | b) }),
  where: broadcasting({ any: where }),
}
