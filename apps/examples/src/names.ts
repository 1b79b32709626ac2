/** Every example: the name of its file beside this one. */
export const NAMES = [
  'xor',
  'spirals',
  'iris',
  'wine',
  'breast-cancer',
  'diabetes',
  'digits-cnn',
  'height-weight',
  'search',
  'save-and-load',
] as const

export function isExample(name: string): name is (typeof NAMES)[number] {
  return NAMES.some((known) => known === name)
}
