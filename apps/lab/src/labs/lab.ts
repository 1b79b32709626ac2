import type { FunctionComponent } from 'preact'
import type { AnyLabState } from '../state/lab-state.js'

/** What a lab's folder exports: see CONTRIBUTING.md, «A new lab». */
export interface Lab {
  readonly state: AnyLabState
  readonly View: FunctionComponent
}
