import type { Card } from '../lab.js'

export const card: Card = {
  section: '4.3.4',
  title: {
    ko: '기울기는 오른쪽에서 왼쪽으로 곱해지며 온다',
    en: 'Gradients travel back, one multiplication at a time',
  },
  miniature: (
    <>
      <path class="thin" d="M14 18C34 18 34 32 50 32M14 46C34 46 34 32 50 32" />
      <path
        class="back"
        d="M84 32H61M67 27L61 32 67 37M42 30C32 28 32 19 23 18M29 14L23 18 28 23M42 34C32 36 32 45 23 46M28 41L23 46 29 50"
      />
      <circle class="fill" cx="14" cy="18" r="6" />
      <circle class="fill" cx="14" cy="46" r="6" />
      <circle class="fill back" cx="50" cy="32" r="8" />
      <circle class="fill" cx="88" cy="32" r="4" />
    </>
  ),
}
