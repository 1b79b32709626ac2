import { NeuriteError } from '@neurite/core'
import { isAddress, nodeFiles } from './node.js'

/**
 * Where a file goes: a path (in Node, Bun and Deno), or, in browsers, the handle of a file that the user chose
 * (`showSaveFilePicker`) or that the page keeps (OPFS).
 */
export type FileTarget = string | URL | WritableFileHandle

/** What is used of a FileSystemFileHandle. */
export interface WritableFileHandle {
  createWritable(): Promise<{ write(bytes: Uint8Array<ArrayBuffer>): Promise<void>; close(): Promise<void> }>
}

/**
 * Writes a file as a whole or not at all: a process that ends at any moment leaves the old file or the new one. A handle's
 * writable does so by itself: it takes effect when it is closed.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for a target that cannot be written
 */
export async function writeBytes(where: string, target: FileTarget, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  if (typeof target === 'object' && !(target instanceof URL) && 'createWritable' in target) {
    const writable = await target.createWritable()
    await writable.write(bytes)
    return writable.close()
  }
  const files =
    (typeof target === 'string' || target instanceof URL) && !isAddress(target) ? await nodeFiles() : undefined
  if (files === undefined) {
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${where}: the target must be a path, in Node, or a file handle, got ${String(target)}; encodeModel gives the bytes for anything else.`,
    )
  }
  const temporary = target instanceof URL ? new URL(`${target.href}.tmp`) : `${target}.tmp`
  try {
    const file = await files.open(temporary, 'w')
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await files.rename(temporary, target)
  } catch (cause) {
    await files.rm(temporary, { force: true })
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new NeuriteError('INVALID_ARGUMENT', `${where}: cannot write '${String(target)}': ${reason}.`, {}, cause)
  }
}
