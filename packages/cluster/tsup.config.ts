import { configure } from '@tooling/tsup-config'

// A thread is a file of its own beside the rest, and so is the command.
export default configure({ entry: ['src/index.ts', 'src/thread.ts', 'src/bin.ts'] })
