/** Docstrings show one call, not a program: they find the cpu backend as the default, when the workspace has one. */
export async function prelude(): Promise<void> {
  const core = await load('@neurite/core')
  const backend = await load('@neurite/backend-cpu')
  if (core.setDefaultBackend !== undefined && backend.cpu !== undefined) core.setDefaultBackend(backend.cpu())
}

interface Exports {
  readonly setDefaultBackend?: (backend: unknown) => void
  readonly cpu?: () => unknown
}

/** The name is a variable, so that this tool depends on no package that it documents. */
async function load(name: string): Promise<Exports> {
  return import(name).catch(() => ({})) as Promise<Exports>
}
