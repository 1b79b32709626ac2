import { NeuriteError, type ByteArray } from '@neurite/core'
import { show } from '@neurite/core/arguments'
import { badFile } from '../bytes/errors.js'
import { failure } from './failure.js'
import { builtin } from './node.js'
import { isAddress } from './read.js'

/**
 * Where a file goes: a path (in Node, Bun and Deno), or, in browsers, the handle of a file that the user chose
 * (`showSaveFilePicker`) or that the page keeps (OPFS).
 */
export type FileTarget = string | URL | WritableFileHandle

/** What is used of a FileSystemFileHandle to write. */
export interface WritableFileHandle {
  createWritable(): Promise<{
    write(bytes: ByteArray): Promise<void>
    close(): Promise<void>
    abort?(): Promise<void>
  }>
}

/**
 * Writes a file as a whole or not at all: a new one is written beside the old one under a name of its own, flushed to the disk, and
 * renamed. A process that is killed at any moment leaves the old file or the new one, and perhaps a `.tmp` file beside it; of
 * several writers each writes a file of its own, and the last to be done stays. A handle's writable does so by itself.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for what is no target, `BAD_FILE` for one that cannot be written
 */
export async function writeBytes(where: string, target: FileTarget, bytes: ByteArray): Promise<void> {
  try {
    return isHandle(target) ? await writeHandle(target, bytes) : await writePath(pathOf(where, target), bytes)
  } catch (cause) {
    throw unwritable(where, target, cause)
  }
}

/**
 * Writes text at the end of a file, which is made if there is none.
 *
 * @param begin - what the file begins with: written where there is nothing yet, and expected where there is something
 * @throws NeuriteError as {@link writeBytes}; `BAD_FILE` for a file that begins otherwise
 */
export async function appendText(where: string, path: string, text: string, begin = ''): Promise<void> {
  try {
    const place = pathOf(where, path)
    const file = await builtin('node:fs/promises')!.open(place, begin === '' ? 'a' : 'a+')
    try {
      const expected = new TextEncoder().encode(begin)
      const found = expected.slice()
      const { bytesRead } = begin === '' ? { bytesRead: 0 } : await file.read(found)
      const isNew = bytesRead === 0
      if (!isNew && (bytesRead < expected.length || found.some((byte, i) => byte !== expected[i])))
        throw badFile(
          where,
          `'${path}' does not begin with '${begin.trimEnd()}', as what is to be added expects; give another file`,
        )
      await file.writeFile(new TextEncoder().encode(isNew ? begin + text : text))
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw unwritable(where, path, cause)
  }
}

export function isHandle(target: unknown): target is WritableFileHandle {
  return typeof target === 'object' && target !== null && 'createWritable' in target
}

async function writeHandle(target: WritableFileHandle, bytes: ByteArray): Promise<void> {
  const writable = await target.createWritable()
  try {
    await writable.write(bytes)
    await writable.close()
  } catch (error) {
    // Takes away what the browser keeps beside the file until it is closed.
    await writable.abort?.().catch(() => undefined)
    throw error
  }
}

async function writePath(path: string, bytes: Uint8Array): Promise<void> {
  const files = builtin('node:fs/promises')!
  // What a link points to is replaced, not the link.
  const place = await files.realpath(path).catch(() => path)
  // Who might not read the file that is replaced may not read this one.
  const { mode } = await files.stat(place).catch(() => ({ mode: 0o666 }))
  const temporary = `${place}.${crypto.randomUUID().slice(-12)}.tmp`
  // Fails rather than share a file with someone who drew the same name.
  const file = await files.open(temporary, 'wx', mode & 0o777)
  try {
    await file
      .writeFile(bytes)
      .then(() => file.sync())
      .finally(() => file.close())
    await files.rename(temporary, place)
  } catch (error) {
    await files.rm(temporary).catch(() => undefined)
    throw error
  }
}

function pathOf(where: string, target: unknown): string {
  const isPath = typeof target === 'string' || target instanceof URL
  if (isPath && !isAddress(target) && builtin('node:fs/promises') !== undefined) {
    return typeof target === 'string' ? target : builtin('node:url')!.fileURLToPath(target)
  }
  const got = isPath ? `'${String(target)}'` : show(target)
  throw new NeuriteError(
    'INVALID_ARGUMENT',
    `${where}: the target must be a path, in Node, or the handle of a file, in a browser, got ${got}.`,
  )
}

function unwritable(where: string, target: FileTarget, cause: unknown): NeuriteError {
  if (NeuriteError.isInstance(cause)) return cause
  return failure(where, `cannot write ${isHandle(target) ? 'the file' : `'${String(target)}'`}`, cause)
}
