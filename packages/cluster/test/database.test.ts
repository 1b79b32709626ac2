import { createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { Connection } from '../src/store/database.js'

// What the server says, by https://www.postgresql.org/docs/current/protocol-message-formats.html
const message = (type: string, body: string | Buffer = ''): Buffer => {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(4 + Buffer.byteLength(body), 1)
  return Buffer.concat([head, Buffer.from(body)])
}
const welcome = [message('R', Buffer.alloc(4)), message('Z', 'I')]
const goodbye = message('E', 'SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0')
const nothing = ['1', '2', 'n'].map((type) => message(type)).concat(message('C', 'SELECT 0\0'), message('Z', 'I'))

test('a connection whose greeting and end come in one piece is followed by another', async () => {
  let connections = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    const ends = ++connections <= 2
    socket.once('data', () => {
      if (ends) return socket.end(Buffer.concat([...welcome, goodbye]))
      socket.write(Buffer.concat(welcome))
      socket.on('data', () => socket.write(Buffer.concat(nothing)))
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const connection = new Connection({ connectionString: `postgres://neurite@127.0.0.1:${port}/any` }, 1)
  try {
    expect(await connection.query('select 1 where $1', [false])).toEqual([])
    expect(connections).toBe(3)
  } finally {
    await connection.close()
    for (const socket of sockets) socket.destroy()
    server.close()
  }
})
