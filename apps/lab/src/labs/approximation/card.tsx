import type { Card } from '../lab.js'

export const card: Card = {
  section: '4.1',
  title: {
    ko: '봉우리를 더하면 어떤 곡선이든 된다',
    en: 'A sum of bumps can become any curve',
  },
  miniature: (
    <>
      <path class="ink" d="M4 44C16 44 18 14 30 14S44 52 56 52 74 22 92 22" />
      <path class="thick positive" d="M4 42C14 43 19 17 30 16S44 50 55 50 74 25 92 24" />
      <path class="thin positive" d="M4 58C20 58 22 34 36 34S52 58 66 58" />
      <path class="thin negative" d="M30 36C44 36 48 60 60 60S80 36 92 36" />
    </>
  ),
}
