import { configure } from '@tooling/eslint-config'

export default configure({ root: import.meta.dirname })
