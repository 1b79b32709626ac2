import i18next from 'i18next'
import { language, type Language } from './language.js'

const i18n = i18next.createInstance()
void i18n.init({
  lng: 'ko',
  fallbackLng: false,
  ns: [],
  resources: {},
  keySeparator: false,
  nsSeparator: false,
  initAsync: false,
  showSupportNotice: false,
  // Preact escapes what it writes.
  interpolation: { escapeValue: false },
})

/** The messages of a part of the page in both languages; TypeScript refuses a key that one of them lacks. */
export type Messages<K extends string> = Readonly<Record<Language, Readonly<Record<K, string>>>>

/** Says a message in the page's language; `{{name}}` in it is one of `values`. A component that calls it follows the language. */
export type Say<K extends string> = (key: K, values?: Readonly<Record<string, string | number>>) => string

/** Registers messages under a name, and returns what says them. */
export function catalogue<K extends string>(name: string, messages: Messages<K>): Say<K> {
  for (const [code, texts] of Object.entries(messages)) i18n.addResourceBundle(code, name, texts)
  return (key, values) => i18n.t(key, { ns: name, lng: language.value, ...values })
}
