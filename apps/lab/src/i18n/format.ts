import { language } from './language.js'

/** A number with fixed digits and a true minus sign, so that it never jumps. */
export function fixed(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞'
  const text = new Intl.NumberFormat(language.value, { minimumFractionDigits: digits, maximumFractionDigits: digits })
    .format(value)
    .replace('-', '−')
  // What rounds to nothing has no sign.
  return /[1-9]/.test(text) ? text : text.replace('−', '')
}

/** A number of any size in few characters: 0.031, 3.1 × 10⁻⁷. */
export function short(value: number): string {
  if (value === 0) return '0'
  if (!Number.isFinite(value)) return fixed(value)
  const size = Math.abs(value)
  if (size >= 0.001 && size < 100_000)
    return fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.01 ? 3 : 4)
  const [mantissa = '', exponent = '0'] = value.toExponential(1).split('e')
  return `${mantissa.replace('-', '−')}×10${superscript(Number(exponent))}`
}

/** A number in so many significant digits: 0.1623, −12.40, 4.264×10⁻⁵. */
export function significant(value: number, digits = 3): string {
  if (value === 0 || !Number.isFinite(value)) return value === 0 ? '0' : fixed(value)
  const [mantissa = '', exponent = '0'] = value.toExponential(digits - 1).split('e')
  const power = Number(exponent)
  if (power >= -3 && power < digits) return fixed(value, digits - 1 - power)
  return `${mantissa.replace('-', '−')}×10${superscript(power)}`
}

/** A number of which one digit counts, as short as it can be: 0.01, 10⁻⁷, 3×10⁻⁸. */
export function magnitude(value: number): string {
  if (value >= 1 && value < 1e5) return counted(Math.round(value))
  if (value < 1 && value >= 1e-4) return String(Number(value.toPrecision(1)))
  const [mantissa = '', exponent = '0'] = value.toExponential(0).split('e')
  return `${mantissa === '1' ? '' : `${mantissa}×`}10${superscript(Number(exponent))}`
}

const count = new Intl.NumberFormat('en')

/** A count with its thousands apart. */
export const counted = (value: number): string => count.format(value)

function superscript(value: number): string {
  return [...String(value)]
    .map((character) => (character === '-' ? '⁻' : ('⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(character)] ?? '')))
    .join('')
}
