import type { Backend, PrimitiveName } from '../../src/index.js'
// The smallest complete backend is an app that shows how to write one; core's tests run on it as well.
// @boundaries-ignore an app has no name to import it by
import { plain } from '../../../../apps/custom-backend/src/plain.js'

/** What a test may want to be different. */
export interface ReferenceOptions {
  /** Without `readSync`, as a device that can only answer later. */
  readonly asynchronous?: boolean
  readonly dtypes?: Backend['capabilities']['dtypes']
  readonly missing?: readonly PrimitiveName[]
  readonly name?: string
}

/** The backend of plain loops. */
export function reference({ asynchronous = false, dtypes, missing, name }: ReferenceOptions = {}): ReturnType<
  typeof plain
> {
  const { readSync, ...backend } = plain()
  const { capabilities } = backend
  return {
    ...backend,
    name: name ?? 'reference',
    capabilities: {
      ...capabilities,
      dtypes: dtypes ?? capabilities.dtypes,
      missing: missing ?? capabilities.missing,
      syncRead: !asynchronous,
    },
    ...(asynchronous || readSync === undefined ? {} : { readSync }),
  }
}
