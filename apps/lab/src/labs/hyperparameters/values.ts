import { short } from '../../i18n/format.js'
import { say } from './messages.js'

/** A value of a hyperparameter as people write it; names of functions stay what they are in the packages. */
export function valueName(value: string | number): string {
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : short(value).replace(/0+$/, '')
  switch (value) {
    case 'zeros':
    case 'tiny':
    case 'huge':
    case 'identity':
    case 'momentum':
      return say(`value.${value}`)
    case 'binaryCrossEntropy':
      return 'BCE'
    default:
      return value
  }
}
