import type { Card } from '../lab.js'

export const card: Card = {
  section: '4.2.0–4.2.3',
  title: {
    ko: '신경망은 값이 한쪽으로만 흐르는 그래프다',
    en: 'A network is a graph in which values flow one way',
  },
  miniature: (
    <>
      <path class="thick positive" d="M18 32C32 32 34 12 46 12M54 32H80" />
      <path class="thick negative" d="M18 32C32 32 34 52 46 52M54 12C66 12 68 32 80 32" />
      <path class="thin positive" d="M18 32H46M54 52C66 52 68 32 80 32" />
      <g class="ink">
        <circle cx="14" cy="32" r="5" />
        <circle cx="50" cy="12" r="5" />
        <circle cx="50" cy="32" r="5" />
        <circle cx="50" cy="52" r="5" />
        <circle cx="84" cy="32" r="5" />
      </g>
    </>
  ),
}
