/** Which round of a study. */
export interface RoundKey {
  readonly study: string
  readonly round: number
}

/** Which trial: of a study, in a round, by its number. The database counts studies in 64 bits, so they are text here. */
export interface TrialKey extends RoundKey {
  readonly id: number
}

/** A trial that somebody runs: what it writes counts as long as nobody has a higher fence. */
export interface Held extends TrialKey {
  readonly fence: string
}

export function nameOf({ study, round, id }: TrialKey): string {
  return `${study}-${round}-${id}`
}
