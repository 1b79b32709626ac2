/** A time with three digits and a unit that fits: 18.4 us, 3.83 s. */
export function formatSeconds(seconds: number): string {
  const size = Math.abs(seconds)
  const [scale, unit] = size < 1e-3 ? [1e6, 'us'] : size < 1 ? [1e3, 'ms'] : [1, 's']
  return `${digits(seconds * scale)} ${unit}`
}

/** A ratio: 0.77x, 4.52x, 61.3x, 312x. */
export function formatRatio(ratio: number): string {
  return `${digits(ratio)}x`
}

export function formatPercent(part: number): string {
  return `${Math.round(100 * part)}%`
}

/** Three significant digits, and no exponent. */
export function digits(value: number): string {
  const magnitude = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)))
  return value.toFixed(Math.min(6, Math.max(0, 2 - magnitude)))
}
