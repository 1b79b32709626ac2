export { cluster, type Cluster, type ClusterOptions } from './search/cluster.js'
export { startWorker, type ClusterWorker, type ClusterWorkerOptions } from './worker/worker.js'
export type { WorkerEvent } from './worker/runner.js'
export type { Objectives } from './worker/objectives.js'
export { studies, type ClusterStudies, type StudyReportOptions, type StudyResumeOptions } from './studies.js'
export type {
  FailedTrial,
  RankedTrial,
  RunningTrial,
  StudyReport,
  StudySummary,
  TrialCounts,
} from './store/study-reports.js'
export { localSgd, type LocalRound, type LocalSgdOptions, type LocalSgdResult } from './local-sgd/local-sgd.js'
export {
  localTraining,
  type LocalTraining,
  type LocalTrainingOptions,
  type Shard,
  type ShardResult,
  type ShardRound,
} from './local-sgd/local-training.js'
export type { Missing } from './local-sgd/rounds.js'
export type { OuterOptions } from './local-sgd/spec.js'
export { migrate, type MigrateOptions } from './store/migrate.js'
export { fileBlobs, type BlobStore } from './store/blobs.js'
export { s3Blobs, type S3BlobsOptions } from './store/s3-blobs.js'
export type { ConnectionOptions, Database } from './connection.js'
