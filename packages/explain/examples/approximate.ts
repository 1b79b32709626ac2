// Universal approximation (chapter 4.1): the error falls as neurons are added. Run: npx tsx examples/approximate.ts
import { setDefaultBackend } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { approximate } from '@neurite/explain'

setDefaultBackend(cpu())

const functions = {
  'sin(2 pi x)': { f: (x: number) => Math.sin(2 * Math.PI * x), domain: [0, 1] },
  '|x|': { f: Math.abs, domain: [-1, 1] },
  '1/(1+25x^2)': { f: (x: number) => 1 / (1 + 25 * x * x), domain: [-1, 1] },
  'smooth step': { f: (x: number) => 1 / (1 + Math.exp(-20 * x)), domain: [-1, 1] },
  'exp(-x) sin(8x)': { f: (x: number) => Math.exp(-x) * Math.sin(8 * x), domain: [0, 3] },
} as const

const sizes = [5, 10, 20, 50, 100]
console.log(`largest |F - f| with N = ${sizes.join(', ')} neurons`)
for (const [name, { f, domain }] of Object.entries(functions)) {
  const errors: string[] = []
  for (const neurons of sizes) {
    const { supError } = await approximate(f, { domain, neurons })
    errors.push(supError.toExponential(1))
  }
  console.log(`${name.padEnd(16)} ${errors.join('  ')}`)
}
