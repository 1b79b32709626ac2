import { readServices, type ConnectionOptions } from '../connection.js'
import { Connection } from '../store/database.js'
import { checkVersion } from '../store/migrate.js'
import { StudyReports } from '../store/study-reports.js'
import { queueBoard, type QueueBoard } from './queue-board.js'
import { serveBoard, type Served } from './server.js'

/** Options of {@link startBoard}. */
export interface BoardOptions extends ConnectionOptions {
  /** 0 for any that is free. */
  readonly port: number
  readonly host: string
  /** Told of what a request failed with, which pages do not say. */
  readonly onError: (error: Error) => void
}

/** A board, until it is closed. */
export interface Board extends Served {
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Serves pages of live progress, which read the tables and change nothing.
 *
 * @throws NeuriteError `INVALID_ARGUMENT`; and what the system says if the port is taken
 */
export async function startBoard({ port, host, onError, ...options }: BoardOptions): Promise<Board> {
  const services = readServices('board', options)
  const connection = new Connection(services.database, 3)
  let queue: QueueBoard | undefined
  let served: Served | undefined
  const close = async (): Promise<void> => {
    await served?.close()
    await Promise.all([queue?.close(), connection.close()])
  }
  try {
    await checkVersion('board', connection)
    queue = await queueBoard(services, '/queue')
    served = await serveBoard({ reports: new StudyReports(connection), queue: queue?.handle, onError }, { port, host })
  } catch (error) {
    await close()
    throw error
  }
  return { url: served.url, close, [Symbol.asyncDispose]: close }
}
