import type { Options } from 'tsup'

export declare function configure(overrides?: Options): Options
