import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'

// Vitest for the folder that this process was started in, kept warm: of what tests import, only a changed file is read again.
const folder = process.cwd()
const vitestOfFolder = createRequire(join(folder, 'package.json')).resolve('vitest/node')
const { createVitest } = await import(pathToFileURL(vitestOfFolder).href)
/** No reporter: what failed is read from the results. */
const quiet = { root: folder, watch: false, reporters: [{}], bail: 1 }

/** @type {Promise<import('vitest/node').Vitest> | undefined} */
let warm

/** Runs all tests once, with these texts in the place of files: how long each test file takes, and by which changes it comes. */
async function cover({ texts }) {
  const place = mkdtempSync(join(tmpdir(), 'mutate-'))
  const env = { MUTATE_COVERED: join(place, 'covered') }
  writeFileSync(env.MUTATE_COVERED, '')
  const plugin = { name: 'covered', enforce: 'pre', load: (id) => texts[id] }
  const setupFiles = [join(import.meta.dirname, 'covered.js')]
  const vitest = await createVitest('test', { ...quiet, env, setupFiles }, { plugins: [plugin] })
  try {
    const { testModules } = await vitest.runTestSpecifications(await vitest.globTestSpecifications())
    const failure = testModules.map(failureOf).find((failed) => failed !== undefined)
    const lines = readFileSync(env.MUTATE_COVERED, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
    const ids = new Map(lines.map(({ test, ids }) => [test, ids]))
    const tests = testModules.map((module) => {
      const { collectDuration, duration } = module.diagnostic()
      return { test: module.moduleId, milliseconds: collectDuration + duration, ids: ids.get(module.moduleId) ?? [] }
    })
    return { failure, tests }
  } finally {
    await vitest.close()
    rmSync(place, { recursive: true })
  }
}

/** Runs test files one after the other until one fails. */
async function attempt({ changed, tests }) {
  warm ??= createVitest('test', quiet)
  const vitest = await warm
  const all = await vitest.globTestSpecifications()
  for (const file of changed) vitest.invalidateFile(file)
  for (const test of tests) {
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications(
      all.filter(({ moduleId }) => moduleId === test),
    )
    const failure = failureOf(testModules.find(({ moduleId }) => moduleId === test))
    if (failure !== undefined) return failure
    if (unhandledErrors.length > 0) return `${relative(folder, test)}: ${firstLine(unhandledErrors[0])}`
  }
  return undefined
}

/** The first test of a file that failed, and how; where it failed as a whole, the file. */
function failureOf(module) {
  if (module.ok()) return undefined
  for (const test of module.children.allTests('failed'))
    return `${relative(folder, module.moduleId)} > ${test.fullName}: ${firstLine(test.result().errors?.[0])}`
  return `${relative(folder, module.moduleId)}: ${firstLine(module.errors()[0])}`
}

function firstLine(error) {
  return String(error?.message ?? error).split('\n')[0]
}

process.on('message', async ({ kind, ...asked }) => {
  try {
    process.send({ answer: await (kind === 'cover' ? cover(asked) : attempt(asked)) })
  } catch (error) {
    process.send({ error: String(error?.stack ?? error) })
  }
})
process.on('disconnect', () => process.exit())
