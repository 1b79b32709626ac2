// The same fit, fitEvents, predict and evaluate as @neurite/train, in a worker. An entry point of its own: it brings train along.
export { connectTraining, type ConnectTrainingOptions, type RemoteTraining } from './connect-training.js'
export { exposeTraining, type ExposeTrainingOptions } from './expose-training.js'
