import type { Card } from '../lab.js'

export const card: Card = {
  section: '4.3',
  title: {
    ko: '내가 가진 표도 신경망에게 가르칠 수 있다',
    en: 'A network can learn from your own table',
  },
  miniature: (
    <>
      <path class="ink" d="M6 8H90M6 20H90M6 32H90M6 44H90M6 56H90M6 8V56M34 8V56M62 8V56M90 8V56" />
      <path class="thick positive" d="M12 14H26M12 26H20M12 38H28M12 50H22" />
      <path class="thick negative" d="M40 14H48M40 26H56M40 38H44M40 50H54" />
      <circle class="fill" cx="76" cy="14" r="3.5" />
      <circle class="fill" cx="76" cy="38" r="3.5" />
    </>
  ),
}
