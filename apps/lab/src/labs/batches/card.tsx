import type { Card } from '../lab.js'

export const card: Card = {
  section: '4.4',
  title: {
    ko: '배치가 클수록 덜 흔들리고, 더 많이 기억해야 한다',
    en: 'A larger batch wavers less and has to hold more',
  },
  miniature: (
    <>
      <path class="fill positive" d="M6 8h10v10H6zM19 8h10v10H19zM32 8h10v10H32zM45 8h10v10H45z" />
      <path
        class="ink"
        d="M6 24h10v10H6zM19 24h10v10H19zM32 24h10v10H32zM45 24h10v10H45zM6 40h10v10H6zM19 40h10v10H19z"
      />
      <path class="thick negative" d="M62 14L67 34 71 22 75 42 79 34 83 50 87 44 91 54" />
    </>
  ),
}
