/** JSON that keeps every number: JSON itself has no NaN, no infinities and no -0. */
export function exactJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'number' && (!Number.isFinite(part) || Object.is(part, -0))
      ? { '#': Object.is(part, -0) ? '-0' : String(part) }
      : part,
  )
}

/** What {@link exactJson} wrote. Throws a SyntaxError for anything that is no JSON. */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, (_, part: unknown) => {
    const special = typeof part === 'object' && part !== null && '#' in part ? part['#'] : undefined
    return typeof special === 'string' ? Number(special) : part
  })
}
