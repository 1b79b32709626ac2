export type { CpuOptions } from './cpu-of.js'
export { cpu } from './cpu.js'
