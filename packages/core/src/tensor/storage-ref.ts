import type { Backend } from '../backend/v1.js'

// The safety net under tidy and using: storage whose every handle was garbage collected goes back to its backend.
const collected = /* @__PURE__ */ new FinalizationRegistry<{ backend: Backend; storage: object }>(
  ({ backend, storage }) => backend.release(storage),
)

/** Made of late, and not under the net yet: to register one costs as much as a small kernel, and most are given back soon. */
let fresh: StorageRef[] = []

/** So many wait at most where code never pauses. */
const MANY = 64

function watchFresh(): void {
  const refs = fresh
  fresh = []
  for (const ref of refs) ref.watch()
}

/** One storage and how many handles share it. The last one released gives it back to the backend. */
export class StorageRef {
  readonly backend: Backend
  readonly storage: object
  /** Handles that share the storage. */
  count = 1
  /** The compiled call that last bound this storage; see program/compile.ts. */
  boundBy = 0
  #net: 'not yet' | 'watched' | 'gone' = 'not yet'

  constructor(backend: Backend, storage: object) {
    this.backend = backend
    this.storage = storage
    const waiting = fresh.push(this)
    if (waiting === 1) void Promise.resolve().then(watchFresh)
    else if (waiting >= MANY) watchFresh()
  }

  release(): void {
    if (--this.count > 0) return
    this.detach()
    this.backend.release(this.storage)
  }

  /** Forgets the storage without giving it back: an executable took it over. */
  detach(): void {
    if (this.#net === 'watched') collected.unregister(this)
    this.#net = 'gone'
  }

  /** Puts the storage under the net, if it is still there. */
  watch(): void {
    if (this.#net !== 'not yet') return
    this.#net = 'watched'
    collected.register(this, { backend: this.backend, storage: this.storage }, this)
  }
}
