import type { DType } from '@neurite/core'
import type { FunctionWriter } from '../encode/function.js'
import type { Op } from '../encode/opcodes.js'
import type { Elementwise } from '../nest/nest.js'
import { constant, narrowMask, widenMask, zero, type Lanes } from './lanes.js'
import type { Constants } from './constants.js'
import type { Linker } from './linker.js'
import { divideWhole, wholePower } from './whole.js'

type Family = 'f32x4' | 'f64x2' | 'i32x4'

const FAMILY: Readonly<Record<Exclude<DType, 'bool'>, Family>> = { float32: 'f32x4', float64: 'f64x2', int32: 'i32x4' }

export interface Application {
  readonly primitive: Elementwise
  readonly from: DType
  readonly to: DType
  readonly lanes: Lanes
  /** How many lanes count. */
  readonly width: number
  readonly constants: Constants
  /** One for each input: leaves it on the stack. */
  readonly inputs: readonly (() => void)[]
}

/** Leaves the primitive of the inputs on the stack. */
export function apply(f: FunctionWriter, linker: Linker, application: Application): void {
  const { primitive, from, to, lanes, inputs } = application
  const [a, b, c] = inputs as [() => void, () => void, () => void]
  if (primitive === 'where') {
    b()
    c()
    a()
    if (to === 'float32' || to === 'int32') narrowMask(f, lanes)
    f.emit('v128.bitselect')
    return
  }
  if (primitive === 'cast') return cast(f, a, from, to, lanes)
  if (from === 'bool') return logic(f, primitive, a, b)
  const family = FAMILY[from]
  const op = (name: string): FunctionWriter => f.emit(`${family}.${name}` as Op)
  switch (primitive) {
    case 'add':
    case 'sub':
    case 'mul':
      a()
      b()
      op(primitive)
      return
    case 'div':
      if (family === 'i32x4') return divideWhole(f, a, b)
      a()
      b()
      op('div')
      return
    case 'maximum':
    case 'minimum':
      a()
      b()
      op(`${primitive.slice(0, 3)}${family === 'i32x4' ? '_s' : ''}`)
      return
    case 'equal':
    case 'less':
    case 'lessEqual': {
      a()
      b()
      const name = { equal: 'eq', less: 'lt', lessEqual: 'le' }[primitive]
      op(family === 'i32x4' && name !== 'eq' ? `${name}_s` : name)
      if (family !== 'f64x2') widenMask(f, lanes)
      return
    }
    case 'neg':
    case 'abs':
    case 'floor':
    case 'sqrt':
      a()
      op(primitive)
      return
    case 'relu':
      a()
      zero(f)
      op(family === 'i32x4' ? 'max_s' : 'max')
      return
    case 'sign':
      return sign(f, a, from, op)
    default:
      if (family === 'i32x4') return wholePower(f, linker, a, b, application.width)
      if (family === 'f64x2') return eachLane(f, linker, primitive, application)
      return linker.call(f, `${primitive}_${family}`, inputs, application.constants)
  }
}

function logic(f: FunctionWriter, primitive: Elementwise, a: () => void, b: () => void): void {
  a()
  switch (primitive) {
    case 'logicalNot':
      f.emit('v128.not')
      return
    case 'logicalAnd':
      b()
      f.emit('v128.and')
      return
    case 'logicalOr':
      b()
      f.emit('v128.or')
      return
    case 'equal':
      b()
      f.emit('v128.xor').emit('v128.not')
      return
    case 'less':
      f.emit('v128.not')
      b()
      f.emit('v128.and')
      return
    case 'lessEqual':
      f.emit('v128.not')
      b()
      f.emit('v128.or')
      return
    default:
      throw new Error(`${primitive} of bool`)
  }
}

/** Of zeros and NaN, themselves. */
function sign(f: FunctionWriter, a: () => void, dtype: DType, op: (name: string) => FunctionWriter): void {
  a()
  if (dtype === 'int32') {
    constant(f, 1, dtype)
    op('min_s')
    constant(f, -1, dtype)
    op('max_s')
    return
  }
  const x = f.take('v128')
  f.set(x)
  constant(f, -1, dtype)
  constant(f, 1, dtype)
  f.get(x)
  f.get(x)
  zero(f)
  op('gt').emit('v128.bitselect').get(x)
  zero(f)
  op('lt').emit('v128.bitselect')
  f.give(x)
}

/** float64 has no functions in SIMD of its own: those of JavaScript, lane by lane. */
function eachLane(f: FunctionWriter, linker: Linker, name: string, { inputs, width }: Application): void {
  const values = inputs.map((input) => {
    input()
    const local = f.take('v128')
    f.set(local)
    return local
  })
  for (let lane = 0; lane < width; lane++) {
    linker.callHost(
      f,
      name,
      values.map((value) => () => void f.get(value).emit('f64x2.extract_lane', lane)),
      { params: values.map(() => 'f64'), results: ['f64'] },
    )
    if (lane === 0) f.emit('f64x2.splat')
    else f.emit('f64x2.replace_lane', lane)
  }
  f.give(...values)
}

function cast(f: FunctionWriter, a: () => void, from: DType, to: DType, lanes: Lanes): void {
  a()
  if (from === to) return
  if (from === 'bool') {
    if (to !== 'float64') narrowMask(f, lanes)
    constant(f, 1, to)
    f.emit('v128.and')
    return
  }
  if (to === 'bool') {
    zero(f)
    f.emit(`${FAMILY[from]}.ne` as Op)
    if (from !== 'float64') widenMask(f, lanes)
    return
  }
  const names: Readonly<Record<string, Op>> = {
    'float32 float64': 'f64x2.promote_low_f32x4',
    'float64 float32': 'f32x4.demote_f64x2_zero',
    'int32 float32': 'f32x4.convert_i32x4_s',
    'int32 float64': 'f64x2.convert_low_i32x4_s',
    'float32 int32': 'i32x4.trunc_sat_f32x4_s',
    'float64 int32': 'i32x4.trunc_sat_f64x2_s_zero',
  }
  f.emit(names[`${from} ${to}`]!)
}
