import { vi } from 'vitest'

/** What the example prints when it runs, anew each time. */
export async function printed(name: string): Promise<string> {
  const lines: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((...parts: unknown[]) => {
    lines.push(parts.join(' '))
  })
  try {
    vi.resetModules()
    await import(`../../src/${name}.ts`)
  } finally {
    log.mockRestore()
  }
  return lines.map((line) => `${line}\n`).join('')
}
