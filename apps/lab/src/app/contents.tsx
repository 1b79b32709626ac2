import type { JSX } from 'preact'
import { language } from '../i18n/language.js'
import { LABS } from '../labs/registry.js'
import { say } from './messages.js'
import { hrefOf } from './route.js'

/** The first page: every lab, in the order of the chapter. */
export function Contents(): JSX.Element {
  return (
    <div class="contents">
      <h1>{say('brand')}</h1>
      <p class="contents-intro">{say('intro')}</p>
      <ol class="contents-list">
        {LABS.map(({ id, section, title, miniature }) => (
          <li key={id}>
            <a href={hrefOf({ language: language.value, lab: id })}>
              <svg class="miniature" viewBox="0 0 96 64" aria-hidden="true">
                {miniature}
              </svg>
              <span class="contents-section number">{section}</span>
              <span class="contents-title">{title[language.value]}</span>
            </a>
          </li>
        ))}
      </ol>
    </div>
  )
}
