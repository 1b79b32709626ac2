import { isTensor, type TypedArray } from '@neurite/core'
import { crc32 } from '@neurite/files'
import type { Checkpoint } from '../../checkpoint/checkpoint.js'
import type { Loaded } from './place.js'

/** What tells rows from others: checksums of their numbers, which are read for it. */
export async function digestOf({ x, y, sampleWeights }: Loaded): Promise<Checkpoint['run']> {
  const numbersOf = (column: Loaded['x']): Promise<TypedArray> | TypedArray =>
    isTensor(column) ? column.data() : column.data
  const [inputs, targets] = [await numbersOf(x), await numbersOf(y)]
  return {
    x: checksum(inputs),
    y: checksum(targets),
    sampleWeights: sampleWeights === undefined ? null : checksum(sampleWeights),
  }
}

export function checksum({ buffer, byteOffset, byteLength }: TypedArray): string {
  return `crc32 ${crc32(new Uint8Array(buffer, byteOffset, byteLength)).toString(16)}`
}
