const TOLERANCE = 0.01

/** A number as people write it. */
export function parse(text: string): number | undefined {
  const plain = text.trim().replace(/[−–]/g, '-').replace(',', '.')
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : undefined
}

/** Within a hundredth of the truth: what one finds from four digits is. */
export const isRight = (answer: number, truth: number): boolean =>
  Math.abs(answer - truth) <= Math.max(1e-9, TOLERANCE * Math.abs(truth))
