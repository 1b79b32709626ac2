import type { Json } from '@neurite/core'

/** What an optimizer or a schedule is, as plain data: its kind and its options. */
export interface OptimizerConfig {
  readonly kind: string
  readonly [option: string]: Json
}

/** Options as plain data: an optimizer or a schedule is its own config, any other function `'custom'`. */
export function configFrom(kind: string, options: object): OptimizerConfig {
  const plain = (_: string, value: unknown): unknown =>
    typeof value === 'function' || (typeof value === 'object' && value !== null && 'config' in value)
      ? ((value as { readonly config?: Json }).config ?? 'custom')
      : value
  return { kind, ...(JSON.parse(JSON.stringify(options, plain)) as Readonly<Record<string, Json>>) }
}
