import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'

/** A PostgreSQL server of the tests' own, on a port of loopback. */
export interface Postgres {
  readonly port: number
  /** Of a new, empty database. */
  database(): Promise<string>
  /** Ends all its processes at once, as a crash does. */
  kill(): Promise<void>
  start(): Promise<void>
  /** Cuts every connection of others. */
  cut(): Promise<void>
  close(): Promise<void>
}

/** What the server's own connections call themselves: two that cut at once do not cut each other. */
const OWN = 'neurite-tests'

const BINARIES = '/usr/lib/postgresql'

/** Where Debian puts the server's programs. */
export function postgresBinaries(): string | undefined {
  if (!existsSync(BINARIES)) return undefined
  const versions = readdirSync(BINARIES).sort((a, b) => Number(b) - Number(a))
  return versions.map((version) => join(BINARIES, version, 'bin')).find((path) => existsSync(join(path, 'postgres')))
}

export async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number }
      server.close(() => resolve(port))
    })
  })
}

export async function startPostgres(): Promise<Postgres> {
  const bin = postgresBinaries()
  if (bin === undefined) throw new Error('no PostgreSQL: apt-get install postgresql')
  const folder = mkdtempSync(join(tmpdir(), 'neurite-postgres-'))
  const port = await freePort()
  // The server refuses to run as root.
  const root = userInfo().uid === 0
  if (root) {
    chmodSync(folder, 0o700)
    execFileSync('chown', ['-R', 'postgres', folder])
  }
  const as = (program: string, args: readonly string[]): [string, string[]] =>
    root
      ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', join(bin, program), ...args]]
      : [join(bin, program), [...args]]
  const data = join(folder, 'data')
  execFileSync(...as('initdb', ['-D', data, '-U', 'neurite', '-A', 'trust', '--no-sync']), {
    stdio: 'ignore',
    cwd: '/',
  })
  const url = (database: string): string => `postgres://neurite@127.0.0.1:${port}/${database}`
  let server: ChildProcess | undefined
  const start = async (): Promise<void> => {
    const settings = [
      '-c',
      `port=${port}`,
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      `unix_socket_directories=${folder}`,
    ]
    server = spawn(...as('postgres', ['-D', data, ...settings, '-c', 'max_connections=300']), {
      stdio: 'ignore',
      cwd: '/',
    })
    for (;;) {
      const client = new Client({ connectionString: url('postgres') })
      try {
        await client.connect()
        await client.end()
        return
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  }
  const ended = (): Promise<void> =>
    new Promise((resolve) => {
      if (server === undefined || server.exitCode !== null || server.signalCode !== null) resolve()
      else server.once('exit', () => resolve())
    })
  const query = async (text: string): Promise<void> => {
    const client = new Client({ connectionString: url('postgres'), application_name: OWN })
    client.on('error', () => undefined)
    await client.connect()
    await client.query(text)
    await client.end()
  }
  await start()
  let made = 0
  return {
    port,
    start,
    async database() {
      const name = `test${made++}`
      await query(`create database ${name}`)
      return url(name)
    },
    async kill() {
      const pids = execFileSync('pgrep', ['-f', '--', data]).toString().trim().split('\n')
      const children = execFileSync('pgrep', ['-P', pids.join(',')])
        .toString()
        .trim()
        .split('\n')
      for (const pid of [...pids, ...children]) {
        try {
          process.kill(Number(pid), 'SIGKILL')
        } catch {
          // It has ended already.
        }
      }
      await ended()
      rmSync(join(data, 'postmaster.pid'), { force: true })
    },
    cut: () =>
      query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name <> '${OWN}' and backend_type = 'client backend'`,
      ),
    async close() {
      server?.kill('SIGINT')
      await ended()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
