import { cpSync, readdirSync } from 'node:fs'
import { configure } from '@tooling/tsup-config'

// A file for each entry point, as src has it; a module of `export *` alone is its own declaration.
export default configure({
  entry: ['src/**/*.ts'],
  dts: false,
  async onSuccess() {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
    for (const file of files) cpSync(`src/${file}`, `dist/${file.replace(/\.ts$/, '.d.ts')}`)
  },
})
