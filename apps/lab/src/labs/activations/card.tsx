import type { Card } from '../lab.js'

export const card: Card = {
  section: '4.2.4',
  title: {
    ko: '기울기가 0이면 아무것도 배우지 못한다',
    en: 'Where the slope is 0, nothing is learned',
  },
  miniature: (
    <>
      <path class="ink" d="M4 52H92M48 6V60" />
      <path class="thick positive" d="M4 51C36 51 40 44 48 30S60 9 92 9" />
      <path class="thin back" d="M4 51C30 51 36 44 42 38S54 38 60 44 70 51 92 51" />
    </>
  ),
}
