import type { Kind } from './kinds.js'

/** One exported factory, and what is needed to try it: the options themselves come from its type and its documentation. */
export interface Factory<Made = never> {
  readonly make: (...given: never[]) => unknown
  /** Arguments before the options. */
  readonly given?: readonly unknown[]
  /** Options that must be given, or that others need in order to have an effect. */
  readonly options?: Readonly<Record<string, unknown>>
  /** Kinds of options and arguments where type and documentation do not say enough. */
  readonly kinds?: Readonly<Record<string, Kind>>
  /** Defaults that the documentation says in words. */
  readonly standard?: Readonly<Record<string, unknown>>
  /** Options without an effect on what is tried, each with the reason. */
  readonly quiet?: Readonly<Record<string, string>>
  /** What an option needs beside it in order to have an effect. */
  readonly beside?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** What it makes, at work. */
  readonly tried: (made: Made) => unknown
  /** The options that it tells of itself. */
  readonly says?: (made: Made) => Readonly<Record<string, unknown>>
  /** What it does when it was saved and restored in between: the same as `tried` gives. */
  readonly restored?: (made: Made) => unknown
  /** What messages call it, where that is not its name. */
  readonly called?: string
}

/** An entry point: what it exports, and what of it makes something. */
export interface Entry {
  /** The source, from the repository's root. */
  readonly source: string
  readonly exports: Readonly<Record<string, unknown>>
  readonly factories: Readonly<Record<string, Factory>>
  /** Exports that are no factories, by the reason. */
  readonly others: Readonly<Record<string, readonly string[]>>
  /** Kinds of options by their types. */
  readonly kinds?: Readonly<Record<string, Kind>>
}
