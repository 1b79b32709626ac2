import { readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { compileKernels } from './compile-kernels.js'

const bytes = await compileKernels()
const file = new URL('../src/generated/kernels.ts', import.meta.url)
writeFileSync(file, `export const KERNELS: string =\n  '${Buffer.from(bytes).toString('base64')}'\n`)
console.log(`${bytes.length} bytes, ${gzipSync(bytes).length} gzipped, ${readFileSync(file).length} as source`)
