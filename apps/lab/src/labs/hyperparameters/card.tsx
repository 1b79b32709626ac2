import type { Card } from '../lab.js'

/** Of a search: cells as strong as they are good. */
const GRID = Array.from({ length: 25 }, (_, k) => {
  const [column, row] = [k % 5, Math.floor(k / 5)]
  return [20 + 11 * column, 6 + 11 * row, Math.max(0.1, 1 - 0.28 * Math.hypot(column - 3, row - 2))] as const
})

export const card: Card = {
  section: '4.5',
  title: {
    ko: '좋은 학습률은 다른 선택에 따라 달라진다',
    en: 'The best learning rate depends on every other choice',
  },
  miniature: (
    <>
      <g>
        {GRID.map(([x, y, share]) => (
          <rect key={`${x} ${y}`} class="fill positive" x={x} y={y} width="9" height="9" opacity={share} />
        ))}
      </g>
      <rect x="52" y="27" width="11" height="11" stroke-width="2.5" />
    </>
  ),
}
