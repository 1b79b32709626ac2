import { isBuiltin } from 'node:module'
import { relative, resolve, sep } from 'node:path'
import { ARROWS, BORROWED, lookUp } from './arrows.js'

/**
 * What is wrong with an import, or undefined.
 *
 * @param {string} file the importing file, relative to the root of the workspace, with forward slashes
 * @param {string} specifier what is imported
 * @returns {string | undefined}
 */
export function violation(file, specifier) {
  const [kind, folder, area] = file.split('/')
  if (kind === undefined || folder === undefined || !['packages', 'apps', 'tooling'].includes(kind)) return undefined
  if (specifier.startsWith('.')) return leaving(file, specifier, `${kind}/${folder}`)
  if (kind !== 'packages') return undefined
  const inSource = area === 'src'
  if (isBuiltin(specifier)) return inSource ? builtin(folder, specifier) : undefined
  const ours = /^(?:@neurite\/([^/]+)|neurite(?:\/|$))/.exec(specifier)
  return ours === null ? undefined : arrow(folder, ours[1] ?? 'neurite', inSource)
}

/** @param {string} file @param {string} specifier @param {string} home */
function leaving(file, specifier, home) {
  const target = relative('.', resolve(file, '..', specifier))
    .split(sep)
    .join('/')
  const borrowed = file.startsWith(`${home}/test/`) ? (lookUp(BORROWED, home.split('/')[1] ?? '') ?? []) : []
  const reachable = [home, ...borrowed].some((folder) => target === folder || target.startsWith(`${folder}/`))
  return reachable ? undefined : `'${specifier}' leaves ${home}: import the other package by its name`
}

/**
 * Bundlers for browsers stop at a Node module wherever it stands, also in `import()`.
 *
 * @param {string} folder @param {string} specifier
 */
function builtin(folder, specifier) {
  if (lookUp(ARROWS, folder)?.node === true) return undefined
  return `${folder} runs in browsers and imports no Node module, not even '${specifier}': ask process.getBuiltinModule when it is needed`
}

/** @param {string} folder @param {string} imported @param {boolean} inSource */
function arrow(folder, imported, inSource) {
  const rules = lookUp(ARROWS, folder)
  if (rules === undefined || imported === folder) return undefined
  const allowed = inSource ? rules.imports : [...rules.imports, ...rules.tests]
  if (allowed.includes(imported) || (allowed.includes('backend-*') && imported.startsWith('backend-'))) return undefined
  const list = allowed.length === 0 ? 'no other package' : `only ${allowed.join(', ')}`
  return `${inSource ? folder : `tests of ${folder}`} may import ${list}, not ${imported} (tooling/eslint-config/src/arrows.js)`
}

/**
 * The lint rule: every way to name a module is looked at, `import()` and `import type` among them.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export const boundaries = {
  meta: {
    type: 'problem',
    docs: { description: 'packages import only along the arrows of the architecture' },
    schema: [],
  },
  create(context) {
    const file = relative(context.cwd, context.filename).split(sep).join('/')
    // ESLint may run inside a package: its folder is then the working directory.
    const fromRoot = rootRelative(context.cwd, file)
    /** @param {{ type: string, value?: unknown } | null | undefined} source */
    const check = (source) => {
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return
      const message = violation(fromRoot, source.value)
      if (message !== undefined) context.report({ node: /** @type {import('eslint').Rule.Node} */ (source), message })
    }
    return {
      ImportDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      /** @param {any} node a type: `import('...').Name` */
      TSImportType: (node) => check(node.source ?? node.argument?.literal),
    }
  },
}

/** @param {string} cwd @param {string} file */
function rootRelative(cwd, file) {
  const unit = /(?:^|[/\\])((?:packages|apps|tooling)[/\\][^/\\]+)$/.exec(cwd)?.[1]
  return unit === undefined ? file : `${unit.split(sep).join('/')}/${file}`
}
