import type { ClassificationReport, Finding as Found } from '@neurite/train'
import type { Bars } from './describe.js'

/** What the network says to the rows of one part, in the part's order. */
export type Outcome = ClassOutcome | ValueOutcome

export interface ClassOutcome {
  readonly task: 'classes'
  /** Numbers of classes. */
  readonly truth: readonly number[]
  readonly told: readonly number[]
  /** How probable the class that is told is held. */
  readonly sure: readonly number[]
  /** A row for each true class, a column for each that was told. */
  readonly matrix: readonly (readonly number[])[]
}

/** In the target's own unit. */
export interface ValueOutcome {
  readonly task: 'values'
  readonly truth: readonly number[]
  readonly told: readonly number[]
}

export interface Finding {
  readonly kind: Found['kind']
  readonly message: string
  /** Of the network's inputs. */
  readonly columns: readonly number[]
}

/** As `history` of @neurite/train has them; the score is the accuracy, or r2 of values. */
export interface Measures {
  readonly loss: number
  readonly valLoss: number
  readonly score: number
  readonly valScore: number
}

export interface Ready {
  readonly kind: 'ready'
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number }
  /** Names of the network's inputs, text encoded. */
  readonly inputs: readonly string[]
  readonly labels: readonly string[] | undefined
  readonly bars: readonly Bars[]
  readonly findings: readonly Finding[]
}

export interface Epoch {
  readonly kind: 'epoch'
  /** Epochs so far. */
  readonly epoch: number
  readonly measures: Measures
  /** Of the validation rows. */
  readonly shown: Outcome
}

export interface End {
  readonly kind: 'end'
  readonly epochs: number
  readonly stoppedBy: string
  readonly loss: number
  readonly valLoss: number
  /** Of the test rows, which nothing looked at before. */
  readonly shown: Outcome
  readonly report: {
    readonly score: number
    /** The mean absolute error, in the target's unit. */
    readonly error: number | undefined
    readonly classes: ClassificationReport['classes']
  }
  /** The raw cells of the first test rows, in the order of the features; null is missing. */
  readonly cells: readonly (readonly Cell[])[]
  /** The model file. */
  readonly file: Uint8Array<ArrayBuffer>
}

/** A cell as a form has it. */
export type Cell = number | string | null

export type TrainingEvent = Ready | Epoch | End
