import { effect, signal } from '@preact/signals'
import { commands } from '../../app/keys.jsx'
import { calm } from '../../app/theme.js'
import { forwards, goTo, onBeginning, place, steps } from './model.js'
import { state } from './state.js'

const { net, bias, path, quiz } = state.at

export const playing = signal(false)
let timer: ReturnType<typeof setTimeout> | undefined

const FORWARD = 420
const BACKWARD = 720

export function pause(): void {
  clearTimeout(timer)
  playing.value = false
}

/** From where it stands to the end; from the end, once more. Where nothing may move, one step. */
export function play(): void {
  pause()
  if (quiz.peek()) return
  const atEnd = steps.peek().length > 0 && place.peek() >= steps.peek().length
  if (calm.matches) return goTo(atEnd ? 0 : place.peek() + 1)
  if (atEnd) goTo(0)
  playing.value = true
  timer = setTimeout(tick, 300)
}

function tick(): void {
  const next = place.peek() + 1
  const all = steps.peek()
  // The first answer may still be on its way.
  if (all.length > 0) {
    if (next > all.length) return pause()
    goTo(next)
  }
  timer = setTimeout(tick, all[next]?.pass === 'backward' ? BACKWARD : FORWARD)
}

export const toggle = (): void => (playing.peek() ? pause() : play())

/** One step by hand. In the quiz only an answer goes on. */
export function step(by: 1 | -1): void {
  pause()
  if (quiz.peek()) return
  goTo(Math.min(steps.peek().length, place.peek() + by))
}

/** Plays from the beginning by itself, and whenever something is begun anew. */
export function followBeginnings(): () => void {
  commands.play = toggle
  commands.step = () => step(1)
  let before = { net: net.peek(), bias: bias.peek(), path: path.peek() }
  const ends = [
    onBeginning(() => {
      // With reduced motion the forward pass is there at once.
      if (calm.matches) goTo(forwards.peek())
      else play()
    }),
    effect(() => {
      const after = { net: net.value, bias: bias.value, path: path.value }
      const { net: otherNet, bias: otherBias, path: otherPath } = before
      before = after
      if (after.net !== otherNet || after.bias !== otherBias) {
        path.value = 0
        goTo(0)
        play()
      } else if (after.path !== otherPath) {
        // The way back to one weight, or all of it.
        goTo(after.path === 0 && !quiz.peek() ? Infinity : forwards.peek())
        if (after.path > 0) play()
      }
    }),
  ]
  return () => {
    pause()
    commands.play = commands.step = undefined
    ends.forEach((end) => end())
  }
}
