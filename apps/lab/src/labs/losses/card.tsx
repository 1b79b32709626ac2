import type { Card } from '../lab.js'

export const card: Card = {
  section: '4.3.3',
  title: {
    ko: '무엇을 틀렸다고 볼지는 손실함수가 정한다',
    en: 'The loss decides what counts as wrong',
  },
  miniature: (
    <>
      <path class="ink" d="M6 8C14 62 26 62 48 62S82 62 90 8" />
      <path class="thin ink" d="M6 22L48 62L90 22" />
      <path class="thin negative" d="M10 4C14 40 40 58 90 62" />
      <path class="thick back" d="M62 54L84 33" />
      <circle class="fill" cx="72" cy="45" r="4" />
    </>
  ),
}
