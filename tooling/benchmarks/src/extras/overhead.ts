import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { bundle } from '../harness/build.js'
import { OVERHEAD } from '../programs/index.js'

/** What one layer costs around the kernels: the seconds of one run, in each round. */
export interface Overhead {
  readonly name: string
  readonly seconds: readonly number[]
}

/** All of them in turn, in one fresh process. */
export async function overheads(folder: string, rounds: number): Promise<Overhead[]> {
  const path = await bundle(resolve(import.meta.dirname, '../programs', OVERHEAD), folder)
  const { stdout } = await promisify(execFile)(process.execPath, [path, String(rounds)])
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Overhead)
}
