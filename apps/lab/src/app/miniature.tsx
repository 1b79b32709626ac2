import type { JSX } from 'preact'
import type { LabId } from '../labs/registry.js'

/** A small picture of what a lab is about, in the lab's own picture language. */
export function Miniature({ id }: { readonly id: LabId }): JSX.Element {
  return (
    <svg class="miniature" viewBox="0 0 96 64" aria-hidden="true">
      {PICTURES[id]}
    </svg>
  )
}

/** Of a search: cells as strong as they are good. */
const GRID = Array.from({ length: 25 }, (_, k) => {
  const [column, row] = [k % 5, Math.floor(k / 5)]
  return [20 + 11 * column, 6 + 11 * row, Math.max(0.1, 1 - 0.28 * Math.hypot(column - 3, row - 2))] as const
})

const PICTURES: Readonly<Record<LabId, JSX.Element>> = {
  approximation: (
    <>
      <path class="ink" d="M4 44C16 44 18 14 30 14S44 52 56 52 74 22 92 22" />
      <path class="thick positive" d="M4 42C14 43 19 17 30 16S44 50 55 50 74 25 92 24" />
      <path class="thin positive" d="M4 58C20 58 22 34 36 34S52 58 66 58" />
      <path class="thin negative" d="M30 36C44 36 48 60 60 60S80 36 92 36" />
    </>
  ),
  graph: (
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
  activations: (
    <>
      <path class="ink" d="M4 52H92M48 6V60" />
      <path class="thick positive" d="M4 51C36 51 40 44 48 30S60 9 92 9" />
      <path class="thin back" d="M4 51C30 51 36 44 42 38S54 38 60 44 70 51 92 51" />
    </>
  ),
  scaling: (
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
  losses: (
    <>
      <path class="ink" d="M6 8C14 62 26 62 48 62S82 62 90 8" />
      <path class="thin ink" d="M6 22L48 62L90 22" />
      <path class="thin negative" d="M10 4C14 40 40 58 90 62" />
      <path class="thick back" d="M62 54L84 33" />
      <circle class="fill" cx="72" cy="45" r="4" />
    </>
  ),
  optimizers: (
    <>
      <ellipse class="ink" cx="58" cy="38" rx="34" ry="16" />
      <ellipse class="ink" cx="58" cy="38" rx="18" ry="8" />
      <path class="thick negative" d="M8 8L18 54 26 20 33 50 39 28 45 44 50 36" />
      <path class="thick positive" d="M8 8C22 36 36 48 58 38" />
    </>
  ),
  batches: (
    <>
      <path class="fill positive" d="M6 8h10v10H6zM19 8h10v10H19zM32 8h10v10H32zM45 8h10v10H45z" />
      <path
        class="ink"
        d="M6 24h10v10H6zM19 24h10v10H19zM32 24h10v10H32zM45 24h10v10H45zM6 40h10v10H6zM19 40h10v10H19z"
      />
      <path class="thick negative" d="M62 14L67 34 71 22 75 42 79 34 83 50 87 44 91 54" />
    </>
  ),
  hyperparameters: (
    <>
      <g>
        {GRID.map(([x, y, share]) => (
          <rect key={`${x} ${y}`} class="fill positive" x={x} y={y} width="9" height="9" opacity={share} />
        ))}
      </g>
      <rect x="52" y="27" width="11" height="11" stroke-width="2.5" />
    </>
  ),
  backprop: (
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
  playground: (
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
  'own-data': (
    <>
      <path class="ink" d="M6 8H90M6 20H90M6 32H90M6 44H90M6 56H90M6 8V56M34 8V56M62 8V56M90 8V56" />
      <path class="thick positive" d="M12 14H26M12 26H20M12 38H28M12 50H22" />
      <path class="thick negative" d="M40 14H48M40 26H56M40 38H44M40 50H54" />
      <circle class="fill" cx="76" cy="14" r="3.5" />
      <circle class="fill" cx="76" cy="38" r="3.5" />
    </>
  ),
  digits: (
    <>
      <path class="thin ink" d="M4 4H60V60H4ZM4 18H60M4 32H60M4 46H60M18 4V60M32 4V60M46 4V60" />
      <path class="thick ink" d="M18 16C26 8 42 10 40 20S28 28 28 30 44 32 42 44 24 52 18 46" />
      <path class="thick positive" d="M32 18H60V46H32Z" />
      <path class="thin positive" d="M60 18L78 28M60 46L78 36" />
      <path class="fill positive" d="M78 28H88V36H78Z" />
    </>
  ),
}
