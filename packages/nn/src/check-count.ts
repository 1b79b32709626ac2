import { checkArgument } from '@neurite/core'

/** Refuses what is no whole number >= 1. */
export function checkCount(where: string, name: string, value: number): void {
  checkArgument(
    Number.isInteger(value) && value >= 1,
    () => `${where}: ${name} must be a whole number >= 1, got ${JSON.stringify(value)}.`,
    { [name]: value },
  )
}
