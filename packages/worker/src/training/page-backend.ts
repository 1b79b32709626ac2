import { defaultBackend, isTensor, tensorsIn, type Backend, type Tree } from '@neurite/core'

/**
 * Where tensors go that come back, by the rule of `fit`: the backend given, else that of tensors given, else the default.
 *
 * @param rows - what may be tensors, or anything else
 * @throws NeuriteError `NO_DEFAULT_BACKEND`, before anything is sent
 */
export function pageBackend(
  backend: Backend | undefined,
  params: Tree | undefined,
  ...rows: readonly unknown[]
): Backend {
  const given = [...(params === undefined ? [] : tensorsIn(params)), ...rows].find(isTensor)
  return backend ?? given?.backend ?? defaultBackend()
}
