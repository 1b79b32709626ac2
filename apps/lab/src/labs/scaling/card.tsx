import type { Card } from '../lab.js'

export const card: Card = {
  section: '4.3.1',
  title: {
    ko: '눈금을 맞추면 골짜기가 그릇이 된다',
    en: 'Scale the features, and the ravine becomes a bowl',
  },
  miniature: (
    <>
      <ellipse class="thin ink" cx="24" cy="32" rx="8" ry="29" />
      <ellipse class="thin ink" cx="24" cy="32" rx="4" ry="15" />
      <path class="back" d="M14 8L33 12L16 16L31 20L18 24L28 28L22 31" />
      <circle class="thin ink" cx="70" cy="32" r="22" />
      <circle class="thin ink" cx="70" cy="32" r="12" />
      <path class="back" d="M54 14L68 30" />
      <circle class="fill back" cx="69" cy="31" r="3" />
    </>
  ),
}
