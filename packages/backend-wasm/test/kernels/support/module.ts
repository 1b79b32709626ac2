import { inflateRawSync } from 'node:zlib'
import { KERNELS } from '../../../src/generated/kernels.js'

/** The module of kernels. */
export const module: Uint8Array = inflateRawSync(Buffer.from(KERNELS, 'base64'))
