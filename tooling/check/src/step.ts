import { spawn } from 'node:child_process'

/** What one step of the check found. */
export interface StepResult {
  readonly ok: boolean
  /** Shown when the step fails. */
  readonly output: string
  /** A few words beside the step's name, passed or not. */
  readonly note?: string
}

/** One step of `pnpm check`: one line of its output, one count of CI. */
export interface Step {
  readonly name: string
  readonly run: (context: Context) => Promise<StepResult>
}

export interface Context {
  /** The folder of the workspace. */
  readonly root: string
  /** Whether committed results (API reports) are to be rewritten instead of compared. */
  readonly update: boolean
}

/** A step that is one command line, run at the root. Its exit status is its result. */
export function command(name: string, program: string, ...args: string[]): Step {
  return { name, run: async ({ root }) => execute(root, program, ...args) }
}

/** Runs a program to its end, with no input, and gathers what it prints. */
export function execute(cwd: string, program: string, ...args: string[]): Promise<StepResult> {
  return new Promise((settle) => {
    const child = spawn(program, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FORCE_COLOR: '0' },
    })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', (error) => {
      settle({ ok: false, output: `${program}: ${error.message}` })
    })
    child.on('close', (code) => {
      settle({ ok: code === 0, output: Buffer.concat(chunks).toString('utf8') })
    })
  })
}

/** A result from a list of complaints: none is a pass. */
export function fromProblems(problems: readonly string[], note?: string): StepResult {
  return { ok: problems.length === 0, output: problems.join('\n'), ...(note === undefined ? {} : { note }) }
}
