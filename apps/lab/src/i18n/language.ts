import { effect, signal } from '@preact/signals'

export const LANGUAGES = ['ko', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

/** The language of the page, as the link says it; else the browser's. */
export const language = signal<Language>('ko')

export const isLanguage = (text: string | undefined): text is Language => LANGUAGES.some((known) => known === text)

export function browserLanguage(): Language {
  return navigator.language.toLowerCase().startsWith('ko') ? 'ko' : 'en'
}

/** Readers and hyphenation need the page to say its language. */
export function tellLanguage(): void {
  effect(() => {
    document.documentElement.lang = language.value
  })
}
