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

/**
 * Why a value would not come back from the JSON of a file as it is, naming the place; undefined if it would. JSON writes NaN and infinities as null, a
 * Map as {}, a Date as text, all without a word. A member that is undefined is left out, which reads the same.
 *
 * @param depth - of what it will stand in
 */
export function whyNoJson(value: unknown, path: string, depth = 0): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${path} is ${value}`
  if (typeof value !== 'object') return `${path} is ${value === undefined ? 'undefined' : `a ${typeof value}`}`
  // Ends with what refers to itself, too.
  if (depth === MOST_NESTED) return `${path.slice(0, 60)}... is nested more than ${MOST_NESTED} deep`
  const first = <T>(list: readonly T[], why: (item: T, i: number) => string | undefined): string | undefined => {
    for (const [i, item] of list.entries()) {
      const found = why(item, i)
      if (found !== undefined) return found
    }
    return undefined
  }
  if (Array.isArray(value)) return first(value as unknown[], (item, i) => whyNoJson(item, `${path}[${i}]`, depth + 1))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return `${path} is an instance of a class`
  return first(Object.entries(value), ([name, part]: [string, unknown]) => {
    if (isInherited(name)) return `${path} has a member named ${name}`
    return part === undefined ? undefined : whyNoJson(part, `${path}.${name}`, depth + 1)
  })
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
