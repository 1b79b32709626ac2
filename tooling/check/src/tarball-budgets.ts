/** Thousands of bytes of a tarball: as it is downloaded, and unpacked. About a third above what it was when the number was written. */
export interface TarballBudget {
  readonly packed: number
  readonly unpacked: number
}

/** A package that has no budget here is refused, so a new one gets its own. */
export const TARBALL_BUDGETS: Readonly<Record<string, TarballBudget>> = {
  neurite: { packed: 15, unpacked: 150 },
  '@neurite/backend-cpu': { packed: 50, unpacked: 190 },
  '@neurite/backend-tfjs': { packed: 80, unpacked: 370 },
  '@neurite/backend-wasm': { packed: 400, unpacked: 1600 },
  '@neurite/cluster': { packed: 150, unpacked: 500 },
  '@neurite/conformance': { packed: 440, unpacked: 1480 },
  '@neurite/core': { packed: 240, unpacked: 940 },
  '@neurite/data': { packed: 120, unpacked: 480 },
  '@neurite/datasets': { packed: 300, unpacked: 790 },
  '@neurite/explain': { packed: 140, unpacked: 520 },
  '@neurite/files': { packed: 40, unpacked: 140 },
  '@neurite/io': { packed: 140, unpacked: 470 },
  '@neurite/losses': { packed: 20, unpacked: 90 },
  '@neurite/nn': { packed: 80, unpacked: 360 },
  '@neurite/optimizers': { packed: 40, unpacked: 160 },
  '@neurite/search': { packed: 40, unpacked: 150 },
  '@neurite/terminal': { packed: 15, unpacked: 60 },
  '@neurite/train': { packed: 190, unpacked: 690 },
  '@neurite/worker': { packed: 50, unpacked: 210 },
}
