import { computed, signal } from '@preact/signals'
import { isRight, parse } from './answer.js'
import { forwards, goTo, place, steps } from './model.js'
import { pause } from './player.js'
import { state } from './state.js'

/** How many answers in a row solve the challenge. */
export const GOAL = 3

export const streak = signal(0)
export const hinted = signal(false)
/** What was said of the last answer, and of which value. */
export const verdict = signal<
  { readonly is: 'right' | 'wrong' | 'shown' | 'nothing'; readonly step: number } | undefined
>(undefined)

/** The step whose gradient is asked for. */
export const asked = computed(() =>
  state.at.quiz.value ? steps.value[Math.max(place.value, forwards.value)] : undefined,
)

/** Begins with the first gradient. */
export function begin(): void {
  pause()
  goTo(forwards.peek())
  streak.value = 0
  hinted.value = false
  verdict.value = undefined
}

/** Takes an answer; a right one leads to the next question. */
export function answer(text: string): boolean {
  const question = asked.peek()
  const given = parse(text)
  if (question === undefined) return false
  const step = Math.max(place.peek(), forwards.peek())
  if (given === undefined) {
    verdict.value = { is: 'nothing', step }
    return false
  }
  const right = isRight(given, question.result)
  streak.value = right ? streak.peek() + 1 : 0
  verdict.value = { is: right ? 'right' : 'wrong', step }
  if (right) next(step)
  return right
}

/** Gives the answer away. */
export function giveUp(): void {
  const step = Math.max(place.peek(), forwards.peek())
  streak.value = 0
  verdict.value = { is: 'shown', step }
  next(step)
}

function next(step: number): void {
  hinted.value = false
  goTo(step + 1)
}
