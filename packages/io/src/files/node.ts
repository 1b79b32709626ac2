/** What is used of `node:fs/promises`. */
interface NodeFiles {
  readFile(path: string | URL): Promise<Uint8Array>
  stat(path: string | URL): Promise<{ readonly size: number }>
  rename(from: string | URL, to: string | URL): Promise<void>
  rm(path: string | URL, options: { readonly force: boolean }): Promise<void>
  open(path: string | URL, flags: string): Promise<NodeFile>
}

interface NodeFile {
  writeFile(bytes: Uint8Array): Promise<void>
  sync(): Promise<void>
  close(): Promise<void>
}

/** Node's files, or undefined where there are none. */
export async function nodeFiles(): Promise<NodeFiles | undefined> {
  const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } }
  if (process?.versions?.node === undefined) return undefined
  // A name in a variable: a bundler for browsers does not look for the module.
  const name = 'node:fs/promises'
  return (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as NodeFiles
}

/** True for what is an address rather than a path. */
export function isAddress(source: string | URL): boolean {
  return typeof source === 'string' ? /^(https?|data|blob):/i.test(source) : source.protocol !== 'file:'
}
