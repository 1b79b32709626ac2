import { serveBoard, type BoardSources, type Served } from '../../src/board/server.js'
import { report } from './reports.js'

/** A board of the study in reports.ts, without a database. */
export async function boardOf(sources: Partial<BoardSources> = {}): Promise<Served> {
  const reports = {
    list: async () => [report],
    show: async () => report,
    history: async () => [
      { round: 0, id: 9, value: 0.5, best: 0.5, at: 3 },
      { round: 0, id: 4, value: 0.25, best: 0.25, at: 12 },
    ],
  }
  const onError = (error: Error): never => {
    throw error
  }
  return serveBoard({ reports, queue: undefined, onError, ...sources }, { port: 0, host: '127.0.0.1' })
}
