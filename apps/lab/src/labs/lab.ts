import type { FunctionComponent, JSX } from 'preact'
import type { Language } from '../i18n/language.js'
import type { AnyLabState } from '../state/lab-state.js'

/** What a lab's `index.ts` exports: the lab itself, loaded when it is opened. */
export interface Lab {
  readonly state: AnyLabState
  readonly View: FunctionComponent
}

/** What a lab's `card.tsx` exports: all that the page knows of a lab before it is opened. */
export interface Card {
  /** Of the chapter. */
  readonly section: string
  /** A sentence. */
  readonly title: Readonly<Record<Language, string>>
  /** A small picture of 96 by 64 in the lab's own picture language; app/shell.css has its classes. */
  readonly miniature: JSX.Element
}
