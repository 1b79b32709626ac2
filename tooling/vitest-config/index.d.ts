import type { ViteUserConfig } from 'vitest/config'

export declare const conditions: readonly string[]
export declare function configure(overrides?: ViteUserConfig): ViteUserConfig
