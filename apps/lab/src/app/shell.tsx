import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { language } from '../i18n/language.js'
import { LABS, titleOf, type LabId } from '../labs/registry.js'
import { announce, announcement } from './announce.js'
import { Contents } from './contents.jsx'
import { Keys, useKeys } from './keys.jsx'
import { current, LabSlot } from './lab-slot.jsx'
import { say } from './messages.js'
import { presenting } from './present.js'
import { hrefOf, lab } from './route.js'
import './shell.css'
import { THEMES, themeChoice } from './theme.js'

/** The page around the labs. */
export function Shell(): JSX.Element {
  const keysOpen = useSignal(false)
  useKeys(keysOpen)
  const title = useComputed(() => (lab.value === undefined ? say('brand') : `${titleOf(lab.value)} · ${say('brand')}`))
  useEffect(() => {
    document.title = title.value
  }, [title.value])
  // A change of lab moves the focus to its title, as a new page would.
  const main = useRef<HTMLElement>(null)
  const first = useRef(true)
  useEffect(() => {
    if (!first.current) main.current?.focus()
    first.current = false
    scrollTo(0, 0)
  }, [lab.value])
  useEffect(() => {
    document.documentElement.toggleAttribute('data-presenting', presenting.value)
  }, [presenting.value])
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault()
          main.current?.focus()
        }}
      >
        {say('skip')}
      </a>
      <Header keysOpen={() => (keysOpen.value = true)} />
      <main id="main" tabIndex={-1} ref={main}>
        {lab.value === undefined ? <Contents /> : <LabSlot id={lab.value} />}
      </main>
      <p class="visually-hidden" role="status">
        {announcement.value}
      </p>
      <Keys open={keysOpen} />
    </>
  )
}

function Header({ keysOpen }: { readonly keysOpen: () => void }): JSX.Element {
  const at = LABS.findIndex(({ id }) => id === lab.value)
  const [before, after] = lab.value === undefined ? [] : [LABS[at - 1], LABS[at + 1]]
  const other = language.value === 'ko' ? 'en' : 'ko'
  return (
    <header class="header">
      <a class="brand" href={hrefOf({ language: language.value })}>
        <Mark />
        <span>{say('brand')}</span>
      </a>
      {lab.value !== undefined && (
        <nav class="header-nav" aria-label={say('contents')}>
          <Step to={before?.id} label={say('previous')} />
          <a class="to-contents" href={hrefOf({ language: language.value })}>
            {say('contents')}
          </a>
          <Step to={after?.id} label={say('next')} />
        </nav>
      )}
      <div class="header-tools">
        <a
          href={hrefOf({ language: other, lab: lab.value, query: current.value?.state.write() })}
          hreflang={other}
          lang={other}
        >
          {say('language')}
        </a>
        <ViewMenu keysOpen={keysOpen} />
      </div>
    </header>
  )
}

function Step({ to, label }: { readonly to: LabId | undefined; readonly label: string }): JSX.Element {
  return to === undefined ? (
    <span class="faded" aria-hidden="true">
      {label}
    </span>
  ) : (
    <a href={hrefOf({ language: language.value, lab: to })} title={titleOf(to)}>
      {label}
    </a>
  )
}

function ViewMenu({ keysOpen }: { readonly keysOpen: () => void }): JSX.Element {
  const details = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    const close = (event: Event): void => {
      const inside = event.target instanceof Node && details.current?.contains(event.target)
      if (!inside) details.current?.removeAttribute('open')
    }
    document.addEventListener('pointerdown', close)
    return () => document.removeEventListener('pointerdown', close)
  }, [])
  const choose = (action: () => void) => (): void => {
    action()
    details.current?.removeAttribute('open')
  }
  return (
    <details
      class="menu"
      ref={details}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        details.current?.removeAttribute('open')
        details.current?.querySelector('summary')?.focus()
      }}
    >
      <summary>{say('view')}</summary>
      <div class="menu-sheet">
        <fieldset>
          <legend>{say('theme')}</legend>
          {THEMES.map((name) => (
            <label key={name}>
              <input
                type="radio"
                name="theme"
                checked={themeChoice.value === name}
                onChange={() => (themeChoice.value = name)}
              />
              {say(`theme.${name}`)}
            </label>
          ))}
        </fieldset>
        {lab.value !== undefined && (
          <>
            <button type="button" onClick={choose(() => (presenting.value = !presenting.value))}>
              {say(presenting.value ? 'present.end' : 'present')}
            </button>
            <button type="button" onClick={choose(() => void copyLink())}>
              {say('copy')}
            </button>
          </>
        )}
        <button type="button" onClick={choose(keysOpen)}>
          {say('keys')} <kbd>?</kbd>
        </button>
      </div>
    </details>
  )
}

async function copyLink(): Promise<void> {
  await navigator.clipboard.writeText(location.href)
  announce(say('copied'))
}

function Mark(): JSX.Element {
  return (
    <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
      <path d="M8 9C16 9 16 16 24 16M8 23C16 23 16 16 24 16" fill="none" stroke="currentColor" stroke-width="2.5" />
      <circle cx="8" cy="9" r="4" fill="var(--positive)" />
      <circle cx="8" cy="23" r="4" fill="var(--negative)" />
      <circle cx="24" cy="16" r="5" fill="var(--accent)" />
    </svg>
  )
}
