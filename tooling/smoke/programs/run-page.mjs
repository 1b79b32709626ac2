// Runs what Vite built; the page's script needs nothing of a browser but globalThis.
import { readdirSync } from 'node:fs'

const assets = new URL('./built/assets/', import.meta.url)
const [script] = readdirSync(assets).filter((name) => name.endsWith('.js') && name.startsWith('index'))
await import(new URL(script, assets).href)
console.log(await globalThis.answer)
