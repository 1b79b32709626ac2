// An entry point of its own: `ones`, `zeros` and `uniform` are names of core's functions too.
export { defaultInitializer } from './default.js'
export type { Initializer, InitializerOptions } from './initializer.js'
export { orthogonal } from './orthogonal.js'
export { constant, normal, ones, uniform, zeros, type NormalOptions } from './simple.js'
export { truncatedNormal } from './truncated-normal.js'
export {
  fansOf,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  type Fans,
} from './variance-scaling.js'
