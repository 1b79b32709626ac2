import type { StudyReport } from '../../src/index.js'

/** A study whose name and log are hostile. */
export const report: StudyReport = {
  id: '7',
  name: 'first\u001b <script>alert(1)</script>',
  search: 'randomSearch',
  objective: 'digits',
  mode: 'min',
  seed: 5,
  queue: 'gpu\u001b<b>',
  state: 'running',
  createdAt: new Date('2026-01-02T03:04:05Z'),
  trials: { done: 2, failed: 1, parked: 1, running: 1, waiting: 3 },
  best: { id: 4, round: 0, point: { units: 8 }, resource: null, value: 0.25, seconds: 12, worker: 'one' },
  refused: 4,
  leaderboard: [
    { id: 4, round: 0, point: { units: 8 }, resource: null, value: 0.25, seconds: 12, worker: 'one' },
    { id: 9, round: 0, point: { units: 16 }, resource: null, value: 0.5, seconds: 0.5, worker: '"><img src=x>' },
  ],
  running: [{ id: 6, round: 0, point: { units: 32 }, worker: 'two', attempts: 2, quiet: 3.2 }],
  failures: [
    {
      id: 5,
      round: 0,
      point: { units: 64 },
      state: 'parked',
      worker: 'one',
      log: 'Error: </pre><script>alert(2)</script>\n    at \u001b[31mhere',
    },
    { id: 2, round: 0, point: { units: 1 }, state: 'failed', worker: 'one', log: 'the loss is NaN' },
  ],
}
