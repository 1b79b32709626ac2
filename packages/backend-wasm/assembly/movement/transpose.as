import { transpose } from './tile'

/** Columns are taken in strips, so that the rows of the output that are being written stay in the cache. */
@inline
const STRIP = 64

/** Swaps the last two axes of batch x rows x columns. */
@inline
function swap<T>(out: i32, x: i32, batch: i32, rows: i32, columns: i32): void {
  const line = columns * sizeof<T>()
  const outLine = rows * sizeof<T>()
  for (let n = 0; n < batch; n++, x += rows * line, out += rows * line) {
    for (let strip = 0; strip < columns; strip += STRIP) {
      const end = min(strip + STRIP, columns)
      let i = 0
      if (sizeof<T>() == 4) {
        for (; i + 4 <= rows; i += 4) {
          let j = strip
          for (; j + 4 <= end; j += 4) transpose(out + j * outLine + i * 4, outLine, x + i * line + j * 4, line)
          for (; j < end; j++) for (let k = i; k < i + 4; k++) move<T>(out + j * outLine, k, x + k * line, j)
        }
      }
      for (; i < rows; i++) for (let j = strip; j < end; j++) move<T>(out + j * outLine, i, x + i * line, j)
    }
  }
}

/** to[i] = from[j] */
@inline
function move<T>(to: i32, i: i32, from: i32, j: i32): void {
  store<T>(to + i * sizeof<T>(), load<T>(from + j * sizeof<T>()))
}

export function transpose_1(out: i32, x: i32, batch: i32, rows: i32, columns: i32): void {
  swap<u8>(out, x, batch, rows, columns)
}

export function transpose_4(out: i32, x: i32, batch: i32, rows: i32, columns: i32): void {
  swap<u32>(out, x, batch, rows, columns)
}

export function transpose_8(out: i32, x: i32, batch: i32, rows: i32, columns: i32): void {
  swap<u64>(out, x, batch, rows, columns)
}
