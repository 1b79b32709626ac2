import { writeFileSync } from 'node:fs'
import { GENERATED, renderAll } from './render.js'

// Rewrites src/generated from data: npx tsx scripts/generate.ts
for (const [name, text] of renderAll()) {
  writeFileSync(new URL(name, GENERATED), text)
  console.log(`${name}: ${text.length} characters`)
}
