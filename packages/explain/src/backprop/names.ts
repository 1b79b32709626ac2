import { isTensor, type Tensor } from '@neurite/core'

/** A tree of texts in the place of tensors. */
export type Names<X> = X extends Tensor
  ? string
  : X extends readonly unknown[] | { readonly [name: string]: unknown }
    ? { readonly [K in keyof X]: Names<X[K]> }
    : unknown

/** LaTeX names from paths: `w[1]` is w_{1}, `params[0].weight` is \mathrm{params}_{0}.\mathrm{weight}. */
export function defaultNames(tree: unknown, path: string): never {
  return nameTree(tree, path) as never
}

function nameTree(tree: unknown, path: string): unknown {
  if (isTensor(tree)) return path === '' ? 'x' : latexPath(path)
  if (Array.isArray(tree)) return tree.map((part, i) => nameTree(part, `${path}[${i}]`))
  if (typeof tree !== 'object' || tree === null) return undefined
  return Object.fromEntries(
    Object.entries(tree).map(([key, part]) => [key, nameTree(part, path === '' ? key : `${path}.${key}`)]),
  )
}

/** What LaTeX does not take as it is; a space would vanish. */
const SPECIAL = /[_#$%&{}\\^~ ]/g
const ESCAPED: Readonly<Record<string, string>> = {
  '\\': '\\backslash{}',
  '^': '\\wedge{}',
  '~': '\\sim{}',
  ' ': '\\ ',
}

function latexPath(path: string): string {
  const words = path.split('.').map((part) => {
    const [, word = '', indices = ''] = /^([^[]*)(.*)$/.exec(part)!
    const subscript = [...indices.matchAll(/\[(\d+)\]/g)].map(([, index]) => index).join(',')
    const text =
      word === ''
        ? 'x'
        : /^\p{L}$/u.test(word)
          ? word
          : `\\mathrm{${word.replace(SPECIAL, (c) => ESCAPED[c] ?? `\\${c}`)}}`
    return subscript === '' ? text : `${text}_{${subscript}}`
  })
  return words.join('.')
}
