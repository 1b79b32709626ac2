import { tanh } from './tanh'

// W1 by hand: a training step of 2-8-8-1 with tanh, mean squared error and SGD, for batches of a multiple of 5. Eight neurons are two
// vectors, so a sample is a row of two vectors, and five samples times two vectors are ten sums that stay in registers.

const WIDTH: i32 = 8
/** Bytes of a row of 8, and of one vector. */
const ROW: usize = 32
const VECTOR: usize = 16
const RATE: f32 = 0.1

/** Samples that there is room for. */
const MOST: usize = 4096

// Where everything lies, in bytes; the host writes and reads there. Weights are [in, out].
export const W1: usize = 1024
export const B1: usize = W1 + 2 * ROW
export const W2: usize = B1 + ROW
export const B2: usize = W2 + 8 * ROW
export const W3: usize = B2 + ROW
export const B3: usize = W3 + ROW
/** W2, with rows and columns exchanged: for the gradients of what goes into a layer. */
const W2T: usize = B3 + ROW
export const X: usize = W2T + 8 * ROW
export const Y: usize = X + MOST * 8
const H1: usize = Y + MOST * 4
const H2: usize = H1 + MOST * ROW
const D1: usize = H2 + MOST * ROW
const D2: usize = D1 + MOST * ROW

/** Pages of memory that this needs. */
export const BYTES: usize = D2 + MOST * ROW

@inline
function mulAdd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c)
}

@inline
function sum(x: v128): f32 {
  const pairs = f32x4.add(x, i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7))
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1)
}

/** y (1 - h^2): back through a tanh whose value is h. */
@inline
function back(y: v128, h: v128): v128 {
  return f32x4.sub(y, f32x4.mul(y, f32x4.mul(h, h)))
}

/** Five rows of a times the 8 x 8 matrix w, plus (bias, next), into out. */
@inline
function product(a: usize, w: usize, out: usize, bias: v128, next: v128): void {
  let a0 = bias, a1 = next, b0 = bias, b1 = next, c0 = bias, c1 = next, d0 = bias, d1 = next, e0 = bias, e1 = next
  for (let i: usize = 0; i < 8; i++) {
    const w0 = v128.load(w + i * ROW)
    const w1 = v128.load(w + i * ROW, VECTOR)
    const at = a + i * 4
    const x0 = v128.load32_splat(at)
    a0 = mulAdd(x0, w0, a0)
    a1 = mulAdd(x0, w1, a1)
    const x1 = v128.load32_splat(at, 1 * ROW)
    b0 = mulAdd(x1, w0, b0)
    b1 = mulAdd(x1, w1, b1)
    const x2 = v128.load32_splat(at, 2 * ROW)
    c0 = mulAdd(x2, w0, c0)
    c1 = mulAdd(x2, w1, c1)
    const x3 = v128.load32_splat(at, 3 * ROW)
    d0 = mulAdd(x3, w0, d0)
    d1 = mulAdd(x3, w1, d1)
    const x4 = v128.load32_splat(at, 4 * ROW)
    e0 = mulAdd(x4, w0, e0)
    e1 = mulAdd(x4, w1, e1)
  }
  v128.store(out, a0)
  v128.store(out, a1, VECTOR)
  v128.store(out, b0, ROW)
  v128.store(out, b1, ROW + VECTOR)
  v128.store(out, c0, 2 * ROW)
  v128.store(out, c1, 2 * ROW + VECTOR)
  v128.store(out, d0, 3 * ROW)
  v128.store(out, d1, 3 * ROW + VECTOR)
  v128.store(out, e0, 4 * ROW)
  v128.store(out, e1, 4 * ROW + VECTOR)
}

/** w -= RATE * g. */
@inline
function update(at: usize, gradient: v128): void {
  v128.store(at, f32x4.sub(v128.load(at), f32x4.mul(f32x4.splat(RATE), gradient)))
}

/** Transposes 4 x 4 numbers of W2 into W2T. */
@inline
function transpose(from: usize, to: usize): void {
  const a = v128.load(from), b = v128.load(from, ROW), c = v128.load(from, 2 * ROW), d = v128.load(from, 3 * ROW)
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5), cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5)
  const AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7), CD = v128.shuffle<f32>(c, d, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5))
  v128.store(to, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7), ROW)
  v128.store(to, v128.shuffle<f32>(AB, CD, 0, 1, 4, 5), 2 * ROW)
  v128.store(to, v128.shuffle<f32>(AB, CD, 2, 3, 6, 7), 3 * ROW)
}

/** One step; returns the loss before it. */
@inline
function train(batch: usize): f32 {
  // Forward.
  const w10 = v128.load(W1), w11 = v128.load(W1, VECTOR)
  const w20 = v128.load(W1, ROW), w21 = v128.load(W1, ROW + VECTOR)
  const b10 = v128.load(B1), b11 = v128.load(B1, VECTOR)
  for (let n: usize = 0; n < batch; n++) {
    const x0 = v128.load32_splat(X + n * 8), x1 = v128.load32_splat(X + n * 8, 4)
    v128.store(H1 + n * ROW, tanh(mulAdd(x1, w20, mulAdd(x0, w10, b10))))
    v128.store(H1 + n * ROW, tanh(mulAdd(x1, w21, mulAdd(x0, w11, b11))), VECTOR)
  }
  const b20 = v128.load(B2), b21 = v128.load(B2, VECTOR)
  for (let n: usize = 0; n < batch; n += 5) product(H1 + n * ROW, W2, H2 + n * ROW, b20, b21)
  transpose(W2, W2T)
  transpose(W2 + VECTOR, W2T + 4 * ROW)
  transpose(W2 + 4 * ROW, W2T + VECTOR)
  transpose(W2 + 4 * ROW + VECTOR, W2T + 4 * ROW + VECTOR)

  // The output, the loss and what goes back into the second layer.
  const w30 = v128.load(W3), w31 = v128.load(W3, VECTOR)
  const b3 = load<f32>(B3)
  const zero = f32x4.splat(0)
  let loss: f32 = 0, g3: f32 = 0
  let g30 = zero, g31 = zero, g20 = zero, g21 = zero
  for (let n: usize = 0; n < batch; n++) {
    const h0 = tanh(v128.load(H2 + n * ROW)), h1 = tanh(v128.load(H2 + n * ROW, VECTOR))
    const error = sum(mulAdd(h0, w30, f32x4.mul(h1, w31))) + b3 - load<f32>(Y + n * 4)
    loss += error * error
    const d = error * (<f32>2 / <f32>batch)
    g3 += d
    const all = f32x4.splat(d)
    g30 = mulAdd(all, h0, g30)
    g31 = mulAdd(all, h1, g31)
    const d0 = back(f32x4.mul(all, w30), h0), d1 = back(f32x4.mul(all, w31), h1)
    g20 = f32x4.add(g20, d0)
    g21 = f32x4.add(g21, d1)
    v128.store(D2 + n * ROW, d0)
    v128.store(D2 + n * ROW, d1, VECTOR)
  }
  update(W3, g30)
  update(W3 + VECTOR, g31)
  store<f32>(B3, b3 - RATE * g3)
  update(B2, g20)
  update(B2 + VECTOR, g21)

  // The second layer's weights, four rows at a time.
  for (let i: usize = 0; i < 8; i += 4) {
    let a0 = zero, a1 = zero, b0 = zero, b1 = zero, c0 = zero, c1 = zero, e0 = zero, e1 = zero
    for (let n: usize = 0; n < batch; n++) {
      const d0 = v128.load(D2 + n * ROW), d1 = v128.load(D2 + n * ROW, VECTOR)
      const at = H1 + n * ROW + i * 4
      const x0 = v128.load32_splat(at)
      a0 = mulAdd(x0, d0, a0)
      a1 = mulAdd(x0, d1, a1)
      const x1 = v128.load32_splat(at, 4)
      b0 = mulAdd(x1, d0, b0)
      b1 = mulAdd(x1, d1, b1)
      const x2 = v128.load32_splat(at, 8)
      c0 = mulAdd(x2, d0, c0)
      c1 = mulAdd(x2, d1, c1)
      const x3 = v128.load32_splat(at, 12)
      e0 = mulAdd(x3, d0, e0)
      e1 = mulAdd(x3, d1, e1)
    }
    const row = W2 + i * ROW
    update(row, a0)
    update(row + VECTOR, a1)
    update(row + ROW, b0)
    update(row + ROW + VECTOR, b1)
    update(row + 2 * ROW, c0)
    update(row + 2 * ROW + VECTOR, c1)
    update(row + 3 * ROW, e0)
    update(row + 3 * ROW + VECTOR, e1)
  }

  // The first layer.
  for (let n: usize = 0; n < batch; n += 5) product(D2 + n * ROW, W2T, D1 + n * ROW, zero, zero)
  let g00 = zero, g01 = zero, g10 = zero, g11 = zero, gb0 = zero, gb1 = zero
  for (let n: usize = 0; n < batch; n++) {
    const x0 = v128.load32_splat(X + n * 8), x1 = v128.load32_splat(X + n * 8, 4)
    const d0 = back(v128.load(D1 + n * ROW), v128.load(H1 + n * ROW))
    const d1 = back(v128.load(D1 + n * ROW, VECTOR), v128.load(H1 + n * ROW, VECTOR))
    g00 = mulAdd(x0, d0, g00)
    g01 = mulAdd(x0, d1, g01)
    g10 = mulAdd(x1, d0, g10)
    g11 = mulAdd(x1, d1, g11)
    gb0 = f32x4.add(gb0, d0)
    gb1 = f32x4.add(gb1, d1)
  }
  update(W1, g00)
  update(W1 + VECTOR, g01)
  update(W1 + ROW, g10)
  update(W1 + ROW + VECTOR, g11)
  update(B1, gb0)
  update(B1 + VECTOR, gb1)
  return loss / <f32>batch
}

/** W1 itself: a batch of 10, everything constant. */
export function step(): f32 {
  return train(10)
}

/** Many of them in one call. */
export function steps(count: i32): f32 {
  let loss: f32 = 0
  for (let i = 0; i < count; i++) loss = train(10)
  return loss
}

/** Many steps with another batch, a multiple of 5. */
export function stepsOf(batch: i32, count: i32): f32 {
  let loss: f32 = 0
  for (let i = 0; i < count; i++) loss = train(batch)
  return loss
}
