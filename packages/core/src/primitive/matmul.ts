import { NeuriteError } from '../errors/index.js'
import * as ops from '../ops/index.js'
import { broadcastShapes, formatShape } from '../shape/index.js'
import type { Primitive } from './primitive.js'
import { checkDTypes } from './rule.js'
import { sumTo } from './sum-to.js'

export const matmul: Primitive<'matmul'> = {
  name: 'matmul',
  infer([a, b], { transposeA, transposeB }, name) {
    const dtype = checkDTypes(name, [a!, b!], 'float')
    const p = a!.shape
    const q = b!.shape
    const fail = (reason: string): never => {
      const [left, right] = [transposeA, transposeB].map((transposed) => (transposed ? ' (transposed)' : ''))
      throw new NeuriteError(
        'SHAPE_MISMATCH',
        `matmul: shapes ${formatShape(p)}${left} and ${formatShape(q)}${right} ${reason}.`,
        { a: p, b: q },
      )
    }
    if (p.length < 2 || q.length < 2) fail('must both be at least 2-d; use reshape for a vector')
    const m = p.at(transposeA ? -1 : -2)!
    const k = p.at(transposeA ? -2 : -1)!
    const inner = q.at(transposeB ? -1 : -2)!
    const n = q.at(transposeB ? -2 : -1)!
    if (k !== inner) fail(`do not fit: the inner extents are ${k} and ${inner} and must be equal`)
    return { dtype, shape: [...broadcastShapes(name, p.slice(0, -2), q.slice(0, -2)), m, n] }
  },
  // dL/dA = dL/dZ B^T and dL/dB = A^T dL/dZ (chapter 4.3.4, Remark 2), for each way of reading the operands.
  vjp: ({ inputs: [a, b], params: { transposeA, transposeB }, upstream: u }) => [
    () =>
      sumTo(
        transposeA
          ? ops.matmul(b!, u, { transposeA: transposeB, transposeB: true })
          : ops.matmul(u, b!, { transposeB: !transposeB }),
        a!.shape,
      ),
    () =>
      sumTo(
        transposeB
          ? ops.matmul(u, a!, { transposeA: true, transposeB: transposeA })
          : ops.matmul(a!, u, { transposeA: !transposeA }),
        b!.shape,
      ),
  ],
}
