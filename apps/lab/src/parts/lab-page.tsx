import { effect, signal, useComputed, useSignal, type ReadonlySignal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { announce } from '../app/announce.js'
import { current } from '../app/lab-slot.jsx'
import { say } from '../app/messages.js'
import { presenting, slide, SLIDES, type Slide } from '../app/present.js'
import { hrefOf, lab } from '../app/route.js'
import { language } from '../i18n/language.js'
import { entryOf, LABS } from '../labs/registry.js'
import './lab-page.css'

/** What a lab puts on its page; the order is that of every lab. */
export interface LabPageProps {
  /** At most three sentences, with live numbers in them. */
  readonly idea: ComponentChildren
  /** The picture, as large as the window allows. */
  readonly stage: ComponentChildren
  readonly formula: ComponentChildren
  /** What cannot be touched on the stage. */
  readonly controls: ComponentChildren
  /** Controls that the idea does not need. */
  readonly more?: ComponentChildren
  /** What the lab measures, as a number and a small chart. */
  readonly measure: ComponentChildren
  /** What is to be done, in one line. */
  readonly challenge: ComponentChildren
  /** Checked by the page, from what the lab shows. */
  readonly solved: ReadonlySignal<boolean>
  /** Said once it is solved: what was learned. */
  readonly learned: ComponentChildren
}

/** One idea, one stage, one thing to do: the frame of every lab. */
export function LabPage(props: LabPageProps): JSX.Element {
  const { section, title: titles } = entryOf(lab.value!)
  const title = titles[language.value]
  return (
    <article class="lab" aria-labelledby="lab-title">
      <header class="lab-head">
        <p class="lab-section">{say('section', { section })}</p>
        <h1 id="lab-title">{title}</h1>
      </header>
      <section class="stage" aria-label={title}>
        {props.stage}
      </section>
      <div class="lab-side">
        <Block name="idea">
          <p class="idea">{props.idea}</p>
        </Block>
        <Block name="controls" title={say('controls')}>
          <div class="controls">{props.controls}</div>
          {props.more !== undefined && (
            <details class="more">
              <summary>{say('more')}</summary>
              <div class="controls">{props.more}</div>
            </details>
          )}
          <Reset />
        </Block>
        <Block name="formula" title={say('formula')}>
          {props.formula}
        </Block>
        <Block name="measure" title={say('measure')}>
          {props.measure}
        </Block>
        <Block name="challenge" title={say('challenge')}>
          <Challenge {...props} />
        </Block>
        {presenting.value && <p class="present-hint">{say('present.hint')}</p>}
      </div>
    </article>
  )
}

function Block({
  name,
  title,
  children,
}: {
  readonly name: Slide
  readonly title?: string
  readonly children: ComponentChildren
}): JSX.Element {
  const id = useId()
  return (
    <section
      class={`block block-${name}`}
      data-place={SLIDES.indexOf(name)}
      hidden={presenting.value && slide.value !== name}
      aria-labelledby={title === undefined ? undefined : id}
    >
      {title !== undefined && <h2 id={id}>{title}</h2>}
      {children}
    </section>
  )
}

/** Back to the beginning, without a question; and back again. */
function Reset(): JSX.Element {
  const before = useSignal<URLSearchParams | undefined>(undefined)
  return (
    <p class="reset">
      <button
        type="button"
        class="plain"
        onClick={() => {
          before.value = current.peek()?.state.write()
          current.peek()?.state.reset()
          announce(say('undo.said'))
        }}
      >
        {say('reset')}
      </button>
      {before.value !== undefined && (
        <button
          type="button"
          class="plain"
          onClick={() => {
            current.peek()?.state.read(before.value!)
            before.value = undefined
          }}
        >
          {say('undo')}
        </button>
      )}
    </p>
  )
}

function Challenge({ challenge, solved, learned }: LabPageProps): JSX.Element {
  // Once solved it stays solved: what was learned is not taken back by the next touch.
  const done = useRef(signal(false)).current
  useEffect(
    () =>
      effect(() => {
        if (!solved.value || done.peek()) return
        done.value = true
        announce(say('solved'))
      }),
    [],
  )
  const next = useComputed(() => LABS[LABS.findIndex(({ id }) => id === lab.value) + 1])
  return (
    <div class="challenge" data-solved={done.value}>
      <p>{challenge}</p>
      {done.value && (
        <>
          <p>
            <strong>{say('solved')}</strong> {learned}
          </p>
          {next.value !== undefined && (
            <p>
              <a href={hrefOf({ language: language.value, lab: next.value.id })}>
                {say('solved.next', { title: next.value.title[language.value] })}
              </a>
            </p>
          )}
        </>
      )}
    </div>
  )
}
