import { createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { queuePool } from '../src/queue/queue-pool.js'
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

/** A server that says goodbye with its greeting to the first ones, and finds nothing for the others. */
async function shortSpoken(leaves: number) {
  let connections = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    const ends = ++connections <= leaves
    socket.once('data', () => {
      if (ends) return socket.end(Buffer.concat([...welcome, goodbye]))
      socket.write(Buffer.concat(welcome))
      socket.on('data', () => socket.write(Buffer.concat(nothing)))
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    database: { connectionString: `postgres://neurite@127.0.0.1:${port}/any` },
    connections: () => connections,
    [Symbol.dispose]: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

test('a connection whose greeting and end come in one piece is followed by another', async () => {
  using server = await shortSpoken(2)
  const connection = new Connection(server.database, 1)
  expect(await connection.query('select 1 where $1', [false])).toEqual([])
  expect(server.connections()).toBe(3)
  await connection.close()
})

test('nor does it end the process of a queue, which listens to a connection only once it has it', async () => {
  using server = await shortSpoken(1)
  const pool = queuePool(server.database, 1)
  const client = await pool.connect()
  // What came with the greeting was heard by then.
  await expect(client.query('select 1')).rejects.toThrow(/not queryable/)
  client.release(true)
  const { rows } = await pool.query('select 1 where $1', [false])
  expect(rows).toEqual([])
  await pool.end()
})
