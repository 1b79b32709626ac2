import { connect, createServer, type Socket } from 'node:net'

/** A way to a server that can be cut. */
export interface Proxy {
  readonly port: number
  /** Ends every connection that goes through it. */
  cut(): number
  close(): Promise<void>
}

export async function startProxy(target: number): Promise<Proxy> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.pipe(to)
      from.on('error', () => undefined)
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = (): number => {
    const cuts = sockets.size
    sockets.forEach((socket) => socket.resetAndDestroy())
    return cuts
  }
  return {
    port: (server.address() as { readonly port: number }).port,
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        cut()
      }),
  }
}
