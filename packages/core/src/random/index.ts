export { childSeed } from './child-seed.js'
export { fold, Key, key, Keys, resolveKey, splitKey, type KeyPath, type KeySource, type KeyWords } from './key.js'
export { fillRandom, randomPermutation, uniform } from './distributions.js'
