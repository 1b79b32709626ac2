import { readFileSync, writeFileSync } from 'node:fs'
import { deflateRawSync } from 'node:zlib'
import { compileKernels } from './compile-kernels.js'

const bytes = await compileKernels()
const file = new URL('../src/generated/kernels.ts', import.meta.url)
const deflated = deflateRawSync(bytes, { level: 9 })
writeFileSync(file, `export const KERNELS: string =\n  '${deflated.toString('base64')}'\n`)
console.log(`${bytes.length} bytes, ${deflated.length} deflated, ${readFileSync(file).length} as source`)
