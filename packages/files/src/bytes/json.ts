import type { Json } from '@neurite/core'
import { badFile } from './errors.js'

/** Networks in networks, trees in trees: nobody nests deeper, but a hostile file can, to overflow the stack of whoever walks it. */
export const MOST_NESTED = 100

/**
 * Names that a plain object has without anybody giving them to it. What is built from a file's names has no part of such a name:
 * some later copy or merge of it might obey.
 */
const INHERITED = ['__proto__', 'constructor', 'prototype']

/** True for a name that no tensor, part of a tree or array of a file may have. */
export function isInherited(name: string): boolean {
  return INHERITED.includes(name)
}

/**
 * JSON of a file: of bounded depth, and without names that plain objects inherit.
 *
 * @throws NeuriteError `BAD_FILE`
 */
export function parseJson(where: string, what: string, text: string): Json {
  if (depthOf(text) > MOST_NESTED) throw badFile(where, `${what} is nested more than ${MOST_NESTED} deep`)
  let forbidden: string | undefined
  let value: Json
  try {
    value = JSON.parse(text, (name, part: Json) => {
      if (isInherited(name)) forbidden = name
      return part
    }) as Json
  } catch (error) {
    throw badFile(where, `${what} is no JSON`, error)
  }
  if (forbidden !== undefined) throw badFile(where, `${what} uses the name ${forbidden}`)
  return value
}

/** The depth of brackets outside of strings; of text that is no JSON, any number. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (quoted) {
      if (character === '\\') i++
      else if (character === '"') quoted = false
    } else if (character === '"') quoted = true
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth)
    else if (character === '}' || character === ']') depth--
  }
  return deepest
}

/** A JSON object, or undefined for anything else. */
export function asObject(value: Json | undefined): Readonly<Record<string, Json>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, Json>>)
    : undefined
}

/** A JSON array, or undefined for anything else. */
export function asArray(value: Json | undefined): readonly Json[] | undefined {
  return Array.isArray(value) ? (value as readonly Json[]) : undefined
}

/** A whole number >= 0 that JavaScript counts exactly. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
