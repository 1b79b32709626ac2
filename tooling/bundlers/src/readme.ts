import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Writes the modules of a README's search in workers: each ts fence that begins with a comment of a file's name. */
export function writeModules(readme: string, folder: string): readonly string[] {
  const fences = [...readFileSync(readme, 'utf8').matchAll(/```ts[^\n]*\n\/\/ ([\w-]+\.ts)\n([\s\S]*?)```/g)]
  for (const [, name, text] of fences) writeFileSync(join(folder, name!), text!)
  return fences.map(([, name]) => name!)
}
