/**
 * Who may import whom: the arrows of ARCHITECTURE.md, as data. The lint rule reads this table and nothing else.
 *
 * A key is a package under `packages/` by its name without `@neurite/`; `backend-*` stands for every backend.
 * Packages that are not listed, apps and tooling may import any package.
 */
export const ARROWS = {
  core: { imports: [], tests: [] },
  'backend-*': { imports: ['core'], tests: ['conformance'] },
  // Its own tests run on backends of its own: a dependency on a backend would be a cycle.
  conformance: { imports: ['core'], tests: [] },
  nn: { imports: ['core'], tests: ['backend-cpu', 'conformance'] },
  losses: { imports: ['core'], tests: ['backend-cpu', 'conformance'] },
  optimizers: { imports: ['core'], tests: ['backend-cpu', 'conformance'] },
  files: { imports: ['core'], tests: [] },
  data: { imports: ['core', 'files'], tests: ['backend-cpu', 'conformance', 'datasets'] },
  datasets: { imports: ['core'], tests: ['backend-cpu', 'data'] },
  train: {
    imports: ['core', 'files', 'nn', 'losses', 'optimizers', 'data'],
    tests: ['backend-cpu', 'conformance', 'datasets'],
  },
  search: {
    imports: ['core', 'nn', 'losses', 'optimizers', 'data', 'train'],
    tests: ['backend-cpu', 'datasets'],
  },
  worker: {
    imports: ['core', 'nn', 'losses', 'optimizers', 'data', 'train'],
    tests: ['backend-cpu'],
  },
  // It speaks with databases and queues, so it runs on Node alone, and the umbrella leaves it out.
  cluster: {
    imports: ['core', 'files', 'train', 'search', 'worker'],
    tests: ['backend-cpu', 'nn', 'losses', 'optimizers', 'datasets', 'data'],
    node: true,
  },
  terminal: { imports: ['core', 'train'], tests: ['backend-cpu', 'nn', 'losses', 'optimizers'] },
  explain: {
    imports: ['core', 'nn', 'losses', 'optimizers', 'data'],
    tests: ['backend-cpu', 'conformance', 'datasets'],
  },
  io: {
    imports: ['core', 'files', 'nn', 'losses', 'optimizers', 'data'],
    tests: ['backend-cpu', 'conformance', 'datasets', 'train'],
  },
  // The umbrella passes everything on, and is passed on by nobody.
  neurite: {
    imports: [
      ...['core', 'backend-*', 'conformance', 'nn', 'losses', 'optimizers', 'files', 'data', 'datasets'],
      ...['train', 'search', 'worker', 'terminal', 'explain', 'io'],
    ],
    tests: [],
  },
}

/**
 * What the tests of a package may read by a path: core is tested on the smallest complete backend, and so is the suite;
 * core's tests hold two documents to what the code does.
 */
export const BORROWED = {
  core: ['apps/custom-backend/src', 'docs', 'ARCHITECTURE.md?raw'],
  conformance: ['packages/core/test/support'],
  io: ['packages/files/test/support'],
}

/**
 * @template T
 * @param {Readonly<Record<string, T>>} table
 * @param {string} name
 * @returns {T | undefined}
 */
export function lookUp(table, name) {
  return table[name] ?? (name.startsWith('backend-') ? table['backend-*'] : undefined)
}
