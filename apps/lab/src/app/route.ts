import { signal } from '@preact/signals'
import { browserLanguage, isLanguage, language, type Language } from '../i18n/language.js'
import { LABS, type LabId } from '../labs/registry.js'

/** Where the page is: `#/ko/approximation?v=1&n=12`; without a lab it is the contents. */
export const lab = signal<LabId | undefined>(undefined)
/** What the link says of the lab's state. */
export const query = signal(new URLSearchParams())

/** More than any lab writes; a longer link is nobody's. */
const LONGEST = 8_000

interface Place {
  readonly language: Language
  readonly lab?: LabId | undefined
  readonly query?: URLSearchParams | undefined
}

export function hrefOf({ language, lab, query }: Place): string {
  const path = lab === undefined ? language : `${language}/${lab}`
  return `#/${path}${query === undefined || query.size === 0 ? '' : `?${query}`}`
}

function readHash(hash: string): Place {
  const [path = '', search = ''] = hash.slice(0, LONGEST).replace(/^#\/?/, '').split('?', 2)
  const [code, id] = path.split('/')
  return {
    language: isLanguage(code) ? code : browserLanguage(),
    lab: LABS.find((known) => known.id === id)?.id,
    query: new URLSearchParams(search),
  }
}

function follow(): void {
  const place = readHash(location.hash)
  language.value = place.language
  query.value = place.query ?? new URLSearchParams()
  lab.value = place.lab
}

/** Follows the address from now on. */
export function startRouting(): void {
  follow()
  addEventListener('hashchange', follow)
}

/** Puts the lab's state in the address without a step in the history: back leaves the lab. */
export function rewrite(state: URLSearchParams): void {
  const href = hrefOf({ language: language.value, lab: lab.value, query: state })
  if (href !== location.hash) history.replaceState(history.state, '', href)
}
