/** How many bytes of scratch memory kernels need: the kernels' module says it. */
export interface ScratchSizes {
  /** For whatever a kernel is asked for. */
  readonly most: () => number
  /** For a product, by the sizes and strides that its kernel is called with. */
  readonly matmul: (...numbers: readonly number[]) => number
  /** For a product whose operands are not there as matrices, by rows, columns and depth. */
  readonly gemm: (m: number, n: number, k: number) => number
}

/** @param kernels - what the module exports */
export function scratchSizes(kernels: Readonly<Record<string, unknown>>): ScratchSizes {
  const { mostScratch, matmulScratch, gemmScratch } = kernels as Readonly<
    Record<string, (...numbers: number[]) => number>
  >
  return { most: mostScratch!, matmul: matmulScratch!, gemm: gemmScratch! }
}
