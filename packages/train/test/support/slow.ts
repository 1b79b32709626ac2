import type { Backend } from '@neurite/core'

/** A backend without `readSync`, whose reads take a turn of the event loop. */
export function slow(inner: Backend): Backend {
  return new Proxy(inner, {
    get(target, name) {
      if (name === 'readSync') return undefined
      if (name === 'capabilities') return { ...target.capabilities, syncRead: false }
      if (name === 'read')
        return (...args: Parameters<Backend['read']>) =>
          new Promise((resolve) => setTimeout(resolve, 0)).then(() => target.read(...(args as [never, never])))
      const value = Reflect.get(target, name) as unknown
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
