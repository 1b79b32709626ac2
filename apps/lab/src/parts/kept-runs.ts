import type { Signal } from '@preact/signals'
import type { Field } from '../state/fields.js'
import type { LabState } from '../state/lab-state.js'

export type Line = readonly (readonly [x: number, y: number])[]

/** What runs of a lab may differ in, as app/messages.ts says it. */
export const SETTINGS = [
  'data',
  'points',
  'noise',
  'inputs',
  'scaling',
  'network',
  'loss',
  'optimizer',
  'rate',
  'batch',
  'order',
  'epochs',
  'seed',
] as const
export type Setting = (typeof SETTINGS)[number]

/** What is told of a run beside others. */
export interface RunFacts {
  /** What was chosen; of these, what differs is shown. */
  readonly settings: Readonly<Partial<Record<Setting, string>>>
  /** What was measured, in the order of the table's columns. */
  readonly figures: readonly string[]
}

export interface KeptRun extends RunFacts {
  readonly letter: Letter
  /** Its curves, by what they are of. */
  readonly lines: Readonly<Record<string, Line>>
  /** Runs that measure the same can be compared: of one table and target, of classes or of heights. */
  readonly group: string
}

export const LETTERS = ['A', 'B', 'C'] as const
export type Letter = (typeof LETTERS)[number]

/** Runs that were kept to compare the present one with, the newest last. */
export class KeptRuns {
  readonly all: Signal<readonly KeptRun[]>
  readonly #field: Field<readonly KeptRun[]>

  /** @param state - the lab's, whose link holds them */
  constructor({ at, fields }: LabState<{ readonly kept: Field<readonly KeptRun[]> }>) {
    this.all = at.kept
    this.#field = fields.kept
  }

  /** Whether the runs of this group go with the link. */
  travels(group: string): boolean {
    return this.#field.format(this.of(group)) !== ''
  }

  /** Those that can be compared with a run of this group. */
  of(group: string): readonly KeptRun[] {
    return this.all.value.filter((run) => run.group === group)
  }

  /** Where all letters are taken, the oldest goes. */
  keep(run: Omit<KeptRun, 'letter'>): Letter {
    const before = this.all.peek()
    const free = LETTERS.find((letter) => before.every((kept) => kept.letter !== letter))
    const letter = free ?? before[0]!.letter
    this.all.value = [...before.filter((kept) => kept.letter !== letter), { ...run, letter }]
    return letter
  }

  drop(letter: Letter): void {
    this.all.value = this.all.peek().filter((kept) => kept.letter !== letter)
  }
}

/** The settings in which these runs differ. */
export const differing = (runs: readonly RunFacts[]): readonly Setting[] =>
  SETTINGS.filter((name) => new Set(runs.map(({ settings }) => settings[name])).size > 1)
