import type { Card } from '../lab.js'

export const card: Card = {
  section: '4.2–4.5',
  title: {
    ko: '뉴런을 쌓아 평면을 나눈다',
    en: 'Neurons in layers divide the plane',
  },
  miniature: (
    <>
      <path class="thin positive" d="M16 14C28 14 30 20 42 20M16 14C28 14 30 44 42 44" />
      <path class="thin negative" d="M16 50C28 50 30 20 42 20M16 50C28 50 30 44 42 44" />
      <path class="positive" d="M42 20C50 20 52 32 60 32" />
      <path class="negative" d="M42 44C50 44 52 32 60 32" />
      <circle class="fill" cx="14" cy="14" r="4" />
      <circle class="fill" cx="14" cy="50" r="4" />
      <circle class="fill" cx="42" cy="20" r="4" />
      <circle class="fill" cx="42" cy="44" r="4" />
      <rect class="ink" x="62" y="16" width="32" height="32" />
      <circle class="thick negative" cx="78" cy="32" r="9" />
      <circle class="fill positive" cx="78" cy="32" r="3" />
    </>
  ),
}
