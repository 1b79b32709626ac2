import { expect } from 'vitest'

/** For `toThrow` and `rejects`: an error of this code whose message has this text. */
export function coded(code: string, text = ''): unknown {
  return expect.objectContaining({ code, message: expect.stringContaining(text) as string })
}
