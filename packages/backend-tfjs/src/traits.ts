/**
 * What differs between tfjs' engines where the contract is exact, and does not depend on the device. A trait that is false
 * costs a composition of more kernels; an engine we do not know pays for them all.
 */
export interface Traits {
  /** Maximum and Minimum return NaN if `either` operand is NaN, or the `first`; or as they like. */
  readonly extremesKeepNaN: 'either' | 'first' | 'never'
  /** Max and Min return NaN if there is one. */
  readonly reductionsKeepNaN: boolean
  /** The kernel that is max(x, 0); tfjs-webgl's Relu multiplies, and makes -Infinity NaN. */
  readonly relu: 'Relu' | 'Maximum'
  /** Neg, Sign and Relu take int32. */
  readonly wholeUnary: boolean
  /** RealDiv of int32 truncates, and gives 0 for a division by 0. */
  readonly wholeDivision: boolean
  /** Multiply of int32 keeps the low 32 bits of the product, or the engine's int32 has no such bits. */
  readonly wholeProduct: boolean
  /** Pow knows NaN, infinities and zeros. */
  readonly exactPower: boolean
  /** Sign is right for numbers near 0; tfjs-wasm's is 0 up to 1e-7. */
  readonly signsNear0: boolean
  /** Conv2D and AvgPool keep NaN; what tfjs-wasm's clamp to the infinities makes -Infinity of it. */
  readonly windowsKeepNaN: boolean
  /** Max, Min and MaxPool go as far as float32; tfjs-webgl's begin at -1e20 and 1e20. */
  readonly extremesFrom: 'infinity' | '1e20'
  /** Transpose, reductions, scans and ScatterNd take int32; tfjs-webgpu's shaders for it do not compile. */
  readonly wholeKernels: boolean
  /** Cast to float32 converts the data; tfjs-webgpu's only renames it, and other kernels then read its bits. */
  readonly castConverts: boolean
  /** Of equals, ArgMax and ArgMin take the first. */
  readonly firstIndex: boolean
  /** How Cumsum adds; never right where, as on tfjs-webgpu, it depends on the precision of the device's power of 2. */
  readonly scans: 'in pairs' | 'in a row' | 'wrongly'
  /** Up to this extent Sum is within the contract's bound: tfjs-cpu adds in double precision, shaders in parallel. */
  readonly sumsUpTo: number
  /** Up to this inner extent BatchMatMul is within the contract's bound: tfjs-cpu rounds once every 48 terms. */
  readonly productsUpTo: number
  /** Cast of NaN to int32 is 0; WGSL and GLSL leave open what it is. */
  readonly castsNaN: boolean
  /** RealDiv divides; tfjs-webgl's gives 1 wherever both are equal, 0 / 0 included. */
  readonly exactDivision: boolean
  /**
   * Of equal maxima in a window, MaxPoolGrad sends the gradient to this one. `unproven` where a composition stands in, as on
   * tfjs-wasm, whose kernel errs with more than one channel.
   */
  readonly poolGradient: 'first' | 'last' | 'unproven'
  /** Products of turned matrices are so slow that turning them first is faster: tfjs-wasm's matrix kernel knows none. */
  readonly turnsFirst: boolean
  /** BatchMatMul takes the extents at their word; tfjs-webgl's reads one more of an odd one. */
  readonly clearBorders: boolean
  /** Conv2DBackpropFilter is worth using: tfjs-cpu's is slower than a product of matrices. */
  readonly filterGradient: boolean
  /** Each kernel is a launch, which costs more than the elements of a small network: fewer are better, and fused ones best. */
  readonly launches: boolean
  /** Scaled sums are fused up to this many elements: tfjs-webgpu's fused kernel takes one at a time, the two it replaces four. */
  readonly fusesUpTo: number
  /** Bits that arithmetic on int32 keeps: shaders hold int32 exactly, but compute with it as float32. */
  readonly int32Precision: 24 | 32
  /** Data can be read at once. */
  readonly syncRead: boolean
  /** Data lies in memory of the engine's own, so that writing and reading copy it; others keep the arrays they are given. */
  readonly ownMemory: boolean
}

const UNKNOWN: Traits = {
  extremesKeepNaN: 'never',
  reductionsKeepNaN: false,
  relu: 'Relu',
  wholeUnary: false,
  wholeDivision: false,
  wholeProduct: false,
  exactPower: false,
  signsNear0: false,
  windowsKeepNaN: false,
  extremesFrom: 'infinity',
  wholeKernels: true,
  castConverts: true,
  castsNaN: false,
  exactDivision: false,
  firstIndex: true,
  scans: 'in a row',
  sumsUpTo: 64,
  productsUpTo: 1024,
  poolGradient: 'unproven',
  turnsFirst: false,
  clearBorders: false,
  filterGradient: true,
  launches: false,
  fusesUpTo: Infinity,
  int32Precision: 32,
  syncRead: false,
  ownMemory: false,
}

const KNOWN: Readonly<Record<string, Traits>> = {
  cpu: {
    ...UNKNOWN,
    clearBorders: true,
    extremesKeepNaN: 'either',
    reductionsKeepNaN: true,
    castsNaN: true,
    exactDivision: true,
    wholeUnary: true,
    wholeDivision: true,
    exactPower: true,
    signsNear0: true,
    windowsKeepNaN: true,
    sumsUpTo: Infinity,
    productsUpTo: 2 ** 15,
    poolGradient: 'first',
    filterGradient: false,
    syncRead: true,
  },
  wasm: {
    ...UNKNOWN,
    clearBorders: true,
    extremesKeepNaN: 'first',
    reductionsKeepNaN: true,
    castsNaN: true,
    exactDivision: true,
    wholeProduct: true,
    exactPower: true,
    turnsFirst: true,
    syncRead: true,
    ownMemory: true,
  },
  webgl: {
    ...UNKNOWN,
    extremesKeepNaN: 'either',
    reductionsKeepNaN: true,
    relu: 'Maximum',
    wholeProduct: true,
    signsNear0: true,
    windowsKeepNaN: true,
    extremesFrom: '1e20',
    scans: 'in pairs',
    // Of windows of four terms each, as many as the extent's divisors near its root allow.
    sumsUpTo: 128,
    poolGradient: 'last',
    launches: true,
    int32Precision: 24,
  },
  webgpu: {
    ...UNKNOWN,
    clearBorders: true,
    extremesKeepNaN: 'either',
    reductionsKeepNaN: true,
    wholeProduct: true,
    wholeKernels: false,
    castConverts: false,
    exactDivision: true,
    signsNear0: true,
    windowsKeepNaN: true,
    // 64 at once.
    sumsUpTo: 1024,
    poolGradient: 'last',
    launches: true,
    fusesUpTo: 2 ** 14,
    int32Precision: 24,
    firstIndex: false,
    scans: 'wrongly',
  },
}

export function traitsOf(engine: string): Traits {
  return KNOWN[engine] ?? UNKNOWN
}
