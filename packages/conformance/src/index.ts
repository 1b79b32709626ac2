export { conformance, describeSuite, type ConformanceOptions } from './conformance.js'
export { collectTests, type CollectedTest, type Runner } from './runner.js'
export { ConformanceError } from './check/compare.js'
export type { SuiteCounts } from './suite.js'
