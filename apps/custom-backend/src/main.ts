import { collectTests, conformance } from '@neurite/conformance'
import { plain } from './plain.js'

// Runs the suite without a test runner and prints one line a group, as a page or a device without one would.
const tests = collectTests((runner) => {
  conformance({ name: 'plain', create: plain, runner })
})
const groups = new Map<string, { passed: number; failed: string[] }>()
for (const { path, name, run } of tests) {
  const group = path[1] ?? name
  const counts = groups.get(group) ?? { passed: 0, failed: [] }
  groups.set(group, counts)
  try {
    await run()
    counts.passed++
  } catch (error) {
    counts.failed.push(`${name}\n      ${error instanceof Error ? error.message : String(error)}`)
  }
}
let failures = 0
for (const [group, { passed, failed }] of groups) {
  failures += failed.length
  console.log(`${failed.length === 0 ? '✓' : '✗'} ${group.padEnd(32)} ${passed} of ${passed + failed.length}`)
  for (const text of failed) console.log(`    ${text}`)
}
console.log(`${tests.length - failures} of ${tests.length} tests passed`)
process.exitCode = failures > 0 ? 1 : 0
