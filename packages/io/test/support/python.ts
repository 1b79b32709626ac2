import { spawnSync } from 'node:child_process'

/** A Python that has numpy; undefined where there is none. */
export const python: string | undefined = ['python3', '/usr/bin/python3'].find(
  (command) => spawnSync(command, ['-c', 'import numpy']).status === 0,
)

export const NO_PYTHON = 'there is no Python with numpy here'
