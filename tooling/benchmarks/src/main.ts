import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArguments } from './arguments.js'
import { makeFolder } from './harness/build.js'
import { jsonOf, markdownFor, textOf } from './report/documents.js'
import { progressOn } from './report/progress.js'
import { problemsOf } from './report/results.js'
import { run } from './run.js'
import { picturesOf } from './scaling/pictures.js'

// pnpm bench [--only W1,W5] [--subjects cpu,tfjs-cpu] [--rounds N] [--quick] [--json FILE] [--markdown FILE] [--svg FOLDER]
const parsed = parseArguments(process.argv.slice(2))
if ('text' in parsed) {
  const stream = parsed.exitCode === 0 ? process.stdout : process.stderr
  stream.write(parsed.text)
  process.exitCode = parsed.exitCode
} else {
  const { options } = parsed
  const folder = makeFolder()
  process.once('exit', () => folder.remove())
  // The subjects get the same signal, or end with their stdin.
  process.once('SIGINT', () => process.exit(130))
  const results = await run(options, folder.path, progressOn(process.stdout))
  process.stdout.write(`\n${textOf(results)}`)
  if (options.json !== undefined) writeFileSync(options.json, jsonOf(results))
  if (options.markdown !== undefined) {
    const before = existsSync(options.markdown) ? readFileSync(options.markdown, 'utf8') : ''
    writeFileSync(options.markdown, markdownFor(before, results))
  }
  if (options.svg !== undefined) {
    mkdirSync(options.svg, { recursive: true })
    for (const [file, picture] of picturesOf(results.curves)) writeFileSync(join(options.svg, file), picture)
  }
  process.exitCode = problemsOf(results).length > 0 ? 1 : 0
}
