import type { Card } from '../lab.js'

export const card: Card = {
  section: '4.2.3',
  title: {
    ko: '합성곱은 이웃한 픽셀을 함께 보고 숫자를 읽는다',
    en: 'A convolution reads digits by looking at neighbouring pixels together',
  },
  miniature: (
    <>
      <path class="thin ink" d="M4 4H60V60H4ZM4 18H60M4 32H60M4 46H60M18 4V60M32 4V60M46 4V60" />
      <path class="thick ink" d="M18 16C26 8 42 10 40 20S28 28 28 30 44 32 42 44 24 52 18 46" />
      <path class="thick positive" d="M32 18H60V46H32Z" />
      <path class="thin positive" d="M60 18L78 28M60 46L78 36" />
      <path class="fill positive" d="M78 28H88V36H78Z" />
    </>
  ),
}
