import { batch, signal, type Signal } from '@preact/signals'
import type { Field } from './fields.js'

type Value<F> = F extends Field<infer T> ? T : never

/** A signal for each field. */
export type Signals<F> = { readonly [K in keyof F]: Signal<Value<F[K]>> }

/** What the page needs of a lab's state. */
export interface AnyLabState {
  /** Takes what a link says; what it does not say, or says wrongly, is as at first. */
  read(query: URLSearchParams): void
  /** What differs from the beginning. */
  write(): URLSearchParams
  reset(): void
}

/** All that a lab's link says, as signals, and the way to and from a link. */
export interface LabState<F> extends AnyLabState {
  readonly fields: F
  readonly at: Signals<F>
}

/** A change of what a link may hold is a new version: links of another one open the lab as it is at first. */
const VERSION = '1'

/** @param fields - by the names that stand in the link, where `v` is the version's */
export function labState<const F extends Readonly<Record<string, object>> & { readonly v?: never }>(
  fields: F,
): LabState<F> {
  const entries = Object.entries(fields) as [string, Field<unknown>][]
  const signals = Object.fromEntries(entries.map(([name, field]) => [name, signal(field.initial)]))
  const read = (query: URLSearchParams): void => {
    const known = query.get('v') === VERSION
    batch(() => {
      for (const [name, field] of entries) {
        const text = known ? query.get(name) : null
        signals[name]!.value = (text === null ? undefined : field.parse(text)) ?? field.initial
      }
    })
  }
  return {
    fields,
    at: signals as Signals<F>,
    read,
    write() {
      const query = new URLSearchParams()
      for (const [name, field] of entries) {
        const text = field.format(signals[name]!.value)
        if (text !== field.format(field.initial)) query.set(name, text)
      }
      if (query.size > 0) query.set('v', VERSION)
      return query
    },
    reset: () =>
      batch(() => {
        for (const [name, field] of entries) if (field.staysAtReset !== true) signals[name]!.value = field.initial
      }),
  }
}
