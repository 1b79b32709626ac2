import type { Backend } from '../backend/v1.js'

// The safety net under tidy and using: storage whose every handle was garbage collected goes back to its backend.
const collected = /* @__PURE__ */ new FinalizationRegistry<{ backend: Backend; storage: object }>(
  ({ backend, storage }) => backend.release(storage),
)

/** One storage and how many handles share it. The last one released gives it back to the backend. */
export class StorageRef {
  readonly backend: Backend
  readonly storage: object
  /** Handles that share the storage. */
  count = 1
  /** The compiled call that last bound this storage; see program/compile.ts. */
  boundBy = 0

  constructor(backend: Backend, storage: object) {
    this.backend = backend
    this.storage = storage
    collected.register(this, { backend, storage }, this)
  }

  release(): void {
    if (--this.count > 0) return
    this.detach()
    this.backend.release(this.storage)
  }

  /** Forgets the storage without giving it back: an executable took it over. */
  detach(): void {
    collected.unregister(this)
  }
}
