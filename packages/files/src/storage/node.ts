/** What is used of `node:fs/promises`. */
interface NodeFiles {
  open(path: string | URL, flags: string, mode?: number): Promise<NodeFile>
  stat(path: string): Promise<{ readonly mode: number }>
  realpath(path: string | URL): Promise<string>
  rename(from: string, to: string): Promise<void>
  rm(path: string): Promise<void>
}

interface NodeFile {
  read(into: Uint8Array): Promise<{ readonly bytesRead: number }>
  writeFile(bytes: Uint8Array): Promise<void>
  sync(): Promise<void>
  close(): Promise<void>
}

interface Builtins {
  readonly 'node:fs/promises': NodeFiles
  readonly 'node:url': { fileURLToPath(url: URL): string }
}

/** A module of Node, Bun or Deno; undefined elsewhere. No import: a bundler for browsers sees none. */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] | undefined {
  const { process } = globalThis as {
    readonly process?: { getBuiltinModule?<N extends keyof Builtins>(name: N): Builtins[N] }
  }
  return process?.getBuiltinModule?.(name)
}
