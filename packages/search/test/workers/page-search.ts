import { gridSearch, workerPool } from '../../src/index.js'

// The page of page.browser.ts.

async function search(workers: number) {
  const pool = workerPool(() => new Worker('/worker.js', { type: 'module' }), { workers })
  try {
    const { leaderboard } = await gridSearch({ units: [4, 2], rate: [0.1, 1e30, 0.01] }, pool.objective, {
      concurrency: workers,
    })
    return leaderboard.map(({ point, value, error }) => ({ point, value, error }))
  } finally {
    await pool.close()
  }
}

async function failure(act: string) {
  const file = act === 'missing' ? '/nowhere' : '/worker.js'
  const pool = workerPool(() => new Worker(file, { type: 'module' }), { workers: 1 })
  try {
    await gridSearch({ units: [2], rate: [0.1], act: [act] }, pool.objective)
    return { code: 'none', message: '' }
  } catch (error) {
    return { code: (error as { code: string }).code, message: (error as Error).message }
  } finally {
    await pool.close()
  }
}

Object.assign(globalThis, { search, failure })
