/**
 * The instructions that generated code uses, by their names in the text format, and what follows each in the binary one
 * (WebAssembly core specification, 5.4).
 */
type Immediate = 'none' | 'index' | 'memory' | 'memoryLane' | 'lane' | 'i32' | 'f32' | 'f64' | 'bytes' | 'block' | 'raw'

/** An opcode: bytes of up to 2^7 as they are, those of SIMD behind the prefix 0xfd. */
export interface Opcode {
  readonly prefix?: 0xfc | 0xfd
  readonly code: number
  readonly immediate: Immediate
}

const plain = (code: number, immediate: Immediate = 'none'): Opcode => ({ code, immediate })
const simd = (code: number, immediate: Immediate = 'none'): Opcode => ({ prefix: 0xfd, code, immediate })

export const OPCODES = {
  /** Bytes of code that were made elsewhere. */
  raw: plain(0, 'raw'),
  block: plain(0x02, 'block'),
  loop: plain(0x03, 'block'),
  end: plain(0x0b),
  br_if: plain(0x0d, 'index'),
  call: plain(0x10, 'index'),
  'local.get': plain(0x20, 'index'),
  'local.set': plain(0x21, 'index'),
  'local.tee': plain(0x22, 'index'),
  'i32.load': plain(0x28, 'memory'),
  'i32.const': plain(0x41, 'i32'),
  'f32.const': plain(0x43, 'f32'),
  'f64.const': plain(0x44, 'f64'),
  'i32.lt_u': plain(0x49),
  'i32.add': plain(0x6a),
  'i32.sub': plain(0x6b),
  'i32.mul': plain(0x6c),

  'v128.load': simd(0x00, 'memory'),
  'v128.load8_splat': simd(0x07, 'memory'),
  'v128.load32_splat': simd(0x09, 'memory'),
  'v128.load64_splat': simd(0x0a, 'memory'),
  'v128.store': simd(0x0b, 'memory'),
  'v128.const': simd(0x0c, 'bytes'),
  'i8x16.shuffle': simd(0x0d, 'bytes'),
  'i32x4.splat': simd(0x11),
  'f32x4.splat': simd(0x13),
  'f64x2.splat': simd(0x14),
  'i32x4.extract_lane': simd(0x1b, 'lane'),
  'i32x4.replace_lane': simd(0x1c, 'lane'),
  'f64x2.extract_lane': simd(0x21, 'lane'),
  'f64x2.replace_lane': simd(0x22, 'lane'),
  'i8x16.ne': simd(0x24),
  'i32x4.eq': simd(0x37),
  'i32x4.ne': simd(0x38),
  'i32x4.lt_s': simd(0x39),
  'i32x4.le_s': simd(0x3d),
  'f32x4.eq': simd(0x41),
  'f32x4.ne': simd(0x42),
  'f32x4.lt': simd(0x43),
  'f32x4.gt': simd(0x44),
  'f32x4.le': simd(0x45),
  'f64x2.eq': simd(0x47),
  'f64x2.ne': simd(0x48),
  'f64x2.lt': simd(0x49),
  'f64x2.gt': simd(0x4a),
  'f64x2.le': simd(0x4b),
  'v128.not': simd(0x4d),
  'v128.and': simd(0x4e),
  'v128.andnot': simd(0x4f),
  'v128.or': simd(0x50),
  'v128.xor': simd(0x51),
  'v128.bitselect': simd(0x52),
  'v128.load8_lane': simd(0x54, 'memoryLane'),
  'v128.load16_lane': simd(0x55, 'memoryLane'),
  'v128.load32_lane': simd(0x56, 'memoryLane'),
  'v128.load64_lane': simd(0x57, 'memoryLane'),
  'v128.store8_lane': simd(0x58, 'memoryLane'),
  'v128.store16_lane': simd(0x59, 'memoryLane'),
  'v128.store32_lane': simd(0x5a, 'memoryLane'),
  'v128.store64_lane': simd(0x5b, 'memoryLane'),
  'v128.load32_zero': simd(0x5c, 'memory'),
  'v128.load64_zero': simd(0x5d, 'memory'),
  'f32x4.demote_f64x2_zero': simd(0x5e),
  'f64x2.promote_low_f32x4': simd(0x5f),
  'f32x4.floor': simd(0x68),
  'f64x2.floor': simd(0x75),
  'i16x8.extend_low_i8x16_s': simd(0x87),
  'i32x4.abs': simd(0xa0),
  'i32x4.neg': simd(0xa1),
  'i32x4.extend_low_i16x8_s': simd(0xa7),
  'i32x4.add': simd(0xae),
  'i32x4.sub': simd(0xb1),
  'i32x4.mul': simd(0xb5),
  'i32x4.min_s': simd(0xb6),
  'i32x4.max_s': simd(0xb8),
  'i64x2.extend_low_i32x4_s': simd(0xc7),
  'f32x4.abs': simd(0xe0),
  'f32x4.neg': simd(0xe1),
  'f32x4.sqrt': simd(0xe3),
  'f32x4.add': simd(0xe4),
  'f32x4.sub': simd(0xe5),
  'f32x4.mul': simd(0xe6),
  'f32x4.div': simd(0xe7),
  'f32x4.min': simd(0xe8),
  'f32x4.max': simd(0xe9),
  'f32x4.pmin': simd(0xea),
  'f32x4.pmax': simd(0xeb),
  'f64x2.abs': simd(0xec),
  'f64x2.neg': simd(0xed),
  'f64x2.sqrt': simd(0xef),
  'f64x2.add': simd(0xf0),
  'f64x2.sub': simd(0xf1),
  'f64x2.mul': simd(0xf2),
  'f64x2.div': simd(0xf3),
  'f64x2.min': simd(0xf4),
  'f64x2.max': simd(0xf5),
  'f64x2.pmin': simd(0xf6),
  'f64x2.pmax': simd(0xf7),
  'i32x4.trunc_sat_f32x4_s': simd(0xf8),
  'f32x4.convert_i32x4_s': simd(0xfa),
  'i32x4.trunc_sat_f64x2_s_zero': simd(0xfc),
  'f64x2.convert_low_i32x4_s': simd(0xfe),
} as const satisfies Readonly<Record<string, Opcode>>

/** The name of an instruction. */
export type Op = keyof typeof OPCODES

/**
 * An instruction: its name and its immediates as numbers. Of a memory instruction: the offset (and the lane); alignment is a
 * hint that is left at 1.
 */
export type Instruction = readonly [op: Op, ...immediates: number[]]

export type ValueType = 'i32' | 'f32' | 'f64' | 'v128'

export const TYPE_BYTES: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b }
