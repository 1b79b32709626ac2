import type { Rule } from './rule.js'

export const creationRules = {
  full: { infer: (_, { shape, dtype }) => ({ shape, dtype }) } satisfies Rule<'full'>,
  arange: { infer: (_, { length, dtype }) => ({ shape: [length], dtype }) } satisfies Rule<'arange'>,
  random: { infer: (_, { shape, dtype }) => ({ shape, dtype }) } satisfies Rule<'random'>,
}
