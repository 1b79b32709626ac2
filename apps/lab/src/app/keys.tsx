import type { Signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { say } from './messages.js'
import { presenting, turnSlide } from './present.js'
import { lab } from './route.js'

/** The training that the keys act on: the player of the open lab puts it here. */
export const commands: { play?: (() => void) | undefined; step?: (() => void) | undefined } = {}

const typing = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('input, select, textarea, button, summary, [role="slider"], [contenteditable]') !== null

/** The page's keys; none of them where a reader types. */
export function useKeys(open: Signal<boolean>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return
      const act = actions(open)[event.key]
      if (act === undefined) return
      act()
      event.preventDefault()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}

function actions(open: Signal<boolean>): Readonly<Record<string, (() => void) | undefined>> {
  return {
    '?': () => (open.value = true),
    k: commands.play,
    '.': commands.step,
    p: lab.value === undefined ? undefined : () => (presenting.value = !presenting.value),
    ...(presenting.value && {
      Escape: () => (presenting.value = false),
      ArrowRight: () => turnSlide(1),
      ArrowLeft: () => turnSlide(-1),
      PageDown: () => turnSlide(1),
      PageUp: () => turnSlide(-1),
    }),
  }
}

/** The list of keys, as a dialog. */
export function Keys({ open }: { readonly open: Signal<boolean> }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (open.value) dialog.current?.showModal()
  }, [open.value])
  return (
    <dialog class="keys" ref={dialog} aria-labelledby="keys-title" onClose={() => (open.value = false)}>
      <h2 id="keys-title">{say('keys')}</h2>
      <dl>
        {(
          [
            ['?', 'keys.help'],
            ['← → ↑ ↓', 'keys.move'],
            ['k', 'keys.play'],
            ['.', 'keys.step'],
            ['p', 'keys.present'],
          ] as const
        ).map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{say(meaning)}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button class="button">{say('keys.close')}</button>
      </form>
    </dialog>
  )
}
