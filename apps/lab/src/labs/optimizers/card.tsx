import type { Card } from '../lab.js'

export const card: Card = {
  section: '4.3.4',
  title: {
    ko: '같은 언덕도 내려가는 길은 저마다 다르다',
    en: 'Down the same hill, each on a path of its own',
  },
  miniature: (
    <>
      <ellipse class="ink" cx="58" cy="38" rx="34" ry="16" />
      <ellipse class="ink" cx="58" cy="38" rx="18" ry="8" />
      <path class="thick negative" d="M8 8L18 54 26 20 33 50 39 28 45 44 50 36" />
      <path class="thick positive" d="M8 8C22 36 36 48 58 38" />
    </>
  ),
}
