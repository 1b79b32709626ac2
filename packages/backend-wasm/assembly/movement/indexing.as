import { addRow } from './add'

/** Rows of `inner` elements of outer x extent x inner, by their index along the middle axis; zeros for one that is out of range. */
@inline
function gather<T>(out: i32, x: i32, indices: i32, outer: i32, extent: i32, inner: i32, count: i32): void {
  const row = inner * sizeof<T>()
  for (let i = 0; i < outer; i++, x += extent * row) {
    for (let k = 0; k < count; k++, out += row) {
      const index = load<i32>(indices + k * 4)
      if (u32(index) >= u32(extent)) memory.fill(out, 0, row)
      else copyRow<T>(out, x + index * row, row)
    }
  }
}

/** Rows are short, most of them: a call of memory.copy for each would cost more than the loop. */
@inline
function copyRow<T>(to: i32, from: i32, bytes: i32): void {
  for (; bytes >= 16; bytes -= 16, from += 16, to += 16) v128.store(to, v128.load(from))
  for (; bytes > 0; bytes -= sizeof<T>(), from += sizeof<T>(), to += sizeof<T>()) store<T>(to, load<T>(from))
}

export function gather_1(out: i32, x: i32, indices: i32, outer: i32, extent: i32, inner: i32, count: i32): void {
  gather<u8>(out, x, indices, outer, extent, inner, count)
}

export function gather_4(out: i32, x: i32, indices: i32, outer: i32, extent: i32, inner: i32, count: i32): void {
  gather<u32>(out, x, indices, outer, extent, inner, count)
}

export function gather_8(out: i32, x: i32, indices: i32, outer: i32, extent: i32, inner: i32, count: i32): void {
  gather<u64>(out, x, indices, outer, extent, inner, count)
}

/** Adds rows of updates to zeros, each where its index says; nothing for one that is out of range. */
@inline
function scatterAdd<T>(out: i32, updates: i32, indices: i32, outer: i32, extent: i32, inner: i32, count: i32): void {
  const row = inner * sizeof<T>()
  memory.fill(out, 0, outer * extent * row)
  for (let i = 0; i < outer; i++, out += extent * row) {
    for (let k = 0; k < count; k++, updates += row) {
      const index = load<i32>(indices + k * 4)
      if (u32(index) < u32(extent)) addRow<T>(out + index * row, updates, row)
    }
  }
}

export function scatterAdd_f32(out: i32, x: i32, indices: i32, outer: i32, extent: i32, inner: i32, count: i32): void {
  scatterAdd<f32>(out, x, indices, outer, extent, inner, count)
}

export function scatterAdd_f64(out: i32, x: i32, indices: i32, outer: i32, extent: i32, inner: i32, count: i32): void {
  scatterAdd<f64>(out, x, indices, outer, extent, inner, count)
}

export function scatterAdd_i32(out: i32, x: i32, indices: i32, outer: i32, extent: i32, inner: i32, count: i32): void {
  scatterAdd<i32>(out, x, indices, outer, extent, inner, count)
}
