/**
 * The name that was probably meant: written another way (`batch_size`), by its initials (`lr` for learningRate), a beginning of
 * it, or off by a letter or two (`axis` for axes).
 */
export function closest(name: string, names: readonly string[]): string | undefined {
  const plain = (text: string): string => text.replaceAll(/[^a-z0-9]/gi, '').toLowerCase()
  const given = plain(name)
  const initials = (text: string): string => text[0] + text.replaceAll(/[^A-Z]/g, '').toLowerCase()
  return (
    names.find((known) => plain(known) === given) ??
    names.find((known) => given.length > 1 && initials(known) === given) ??
    names.find((known) => given.length > 2 && (plain(known).startsWith(given) || given.startsWith(plain(known)))) ??
    nearest(given, names, plain)
  )
}

/** The name that is the fewest letters away, of equals the first, if they are few. */
function nearest(given: string, names: readonly string[], plain: (text: string) => string): string | undefined {
  let most = given.length > 3 ? 2 : 1
  let found: string | undefined
  for (const known of names) {
    const letters = distance(given, plain(known))
    if (letters < most || (letters === most && found === undefined)) [most, found] = [letters, known]
  }
  return found
}

/** Letters to insert, delete or replace (Levenshtein 1966). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    row = next
  }
  return row[b.length]!
}
