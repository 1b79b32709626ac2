import ts from 'typescript'

/** A fence ready to run: each `// =>` became a call; no line moved. */
export interface Instrumented {
  readonly code: string
  readonly problems: readonly { readonly line: number; readonly message: string }[]
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

const ARROW = /^\/\/\s*=>\s?/

/** The name under which a running fence finds its checker. */
export const CHECKER = '__doctest'

/**
 * Turns `expression // => value` into a call that compares the two.
 *
 * A value is a JavaScript literal (also NaN, Infinity, undefined, nested arrays and objects), which may go on in the
 * next comment lines; or `throws CODE`; or, when it is neither, the text that the value prints as.
 *
 * @param firstLine the line of the file at which the code begins, for messages
 */
export function instrument(code: string, firstLine = 1): Instrumented {
  const source = ts.createSourceFile('fence.ts', code, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS)
  const edits: Edit[] = []
  const handled = new Set<number>()
  const lineAt = (position: number): number => firstLine + source.getLineAndCharacterOfPosition(position).line

  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return
    if (ts.isExpressionStatement(node) || ts.isVariableStatement(node)) {
      const comment = arrowAfter(code, node.getEnd())
      if (comment !== undefined) {
        handled.add(comment.pos)
        edits.push(assertion(node, source, readValue(code, comment), lineAt(node.getStart())))
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(source)

  const problems = arrowComments(code)
    .filter((position) => !handled.has(position))
    .map((position) => ({
      line: lineAt(position),
      message: 'this `// =>` asserts nothing: it must follow a statement',
    }))
  return { code: applyEdits(code, edits), problems }
}

function assertion(
  node: ts.ExpressionStatement | ts.VariableStatement,
  source: ts.SourceFile,
  value: string,
  line: number,
): Edit {
  if (ts.isVariableStatement(node)) {
    const name = node.declarationList.declarations.at(-1)?.name.getText(source) ?? 'undefined'
    return { start: node.getEnd(), end: node.getEnd(), text: `;await ${call('value', name, value, line)};` }
  }
  const { expression } = node
  const printed = ts.isCallExpression(expression) && expression.expression.getText(source) === 'console.log'
  const actual = printed
    ? `[${expression.arguments.map((argument) => argument.getText(source)).join(', ')}]`
    : expression.getText(source)
  const start = node.getStart(source)
  return { start, end: node.getEnd(), text: `;await ${call(printed ? 'printed' : 'value', actual, value, line)};` }
}

function call(check: 'value' | 'printed', actual: string, value: string, line: number): string {
  const throws = /^throws\s+(\w+)$/.exec(value)?.[1]
  if (throws !== undefined) return `${CHECKER}.throws(${line}, async () => (${actual}), ${JSON.stringify(throws)})`
  const expected = isLiteral(value)
    ? `{ literal: (${value.replaceAll('\n', ' ')}) }`
    : `{ text: ${JSON.stringify(value)} }`
  return `${CHECKER}.${check}(${line}, async () => (${actual}), ${expected})`
}

function arrowAfter(code: string, position: number): ts.CommentRange | undefined {
  return ts.getTrailingCommentRanges(code, position)?.find(({ pos, end }) => ARROW.test(code.slice(pos, end)))
}

/** The comment's value; while it is no literal yet, the following comment lines belong to it. */
function readValue(code: string, comment: ts.CommentRange): string {
  const first = code.slice(comment.pos, comment.end).replace(ARROW, '').trim()
  if (isLiteral(first) || !/^[[{'"`(]/.test(first)) return first
  let value = first
  for (const line of code.slice(comment.end + 1).split('\n')) {
    const more = /^\s*\/\/(?!\s*=>)(.*)$/.exec(line)?.[1]
    if (more === undefined) break
    value += `\n${more}`
    if (isLiteral(value)) return value
  }
  return first
}

function arrowComments(code: string): number[] {
  const scanner = ts.createScanner(ts.ScriptTarget.ES2022, false, ts.LanguageVariant.Standard, code)
  const positions: number[] = []
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (token === ts.SyntaxKind.SingleLineCommentTrivia && ARROW.test(scanner.getTokenText())) {
      positions.push(scanner.getTokenStart())
    }
  }
  return positions
}

/** Whether a text is one literal: nothing in it can refer to a variable or call a function. */
export function isLiteral(text: string): boolean {
  const code = `(${text}\n)`
  const { diagnostics = [] } = ts.transpileModule(code, { reportDiagnostics: true })
  const [statement, ...others] = ts.createSourceFile('value.ts', code, ts.ScriptTarget.ES2022).statements
  if (diagnostics.length > 0 || others.length > 0 || statement === undefined) return false
  return ts.isExpressionStatement(statement) && literalExpression(statement.expression)
}

function literalExpression(node: ts.Expression): boolean {
  if (ts.isParenthesizedExpression(node)) return literalExpression(node.expression)
  if (ts.isPrefixUnaryExpression(node)) return literalExpression(node.operand)
  if (ts.isArrayLiteralExpression(node)) return node.elements.every(literalExpression)
  if (ts.isObjectLiteralExpression(node)) {
    return node.properties.every(
      (property) => ts.isPropertyAssignment(property) && literalExpression(property.initializer),
    )
  }
  if (ts.isIdentifier(node)) return ['NaN', 'Infinity', 'undefined'].includes(node.text)
  return (
    ts.isNumericLiteral(node) ||
    ts.isBigIntLiteral(node) ||
    ts.isStringLiteralLike(node) ||
    [ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword, ts.SyntaxKind.NullKeyword].includes(node.kind)
  )
}

function applyEdits(code: string, edits: readonly Edit[]): string {
  let result = code
  for (const { start, end, text } of [...edits].sort((a, b) => b.start - a.start)) {
    result = result.slice(0, start) + padLines(text, code.slice(start, end)) + result.slice(end)
  }
  return result
}

/** Line breaks are kept, so that stack traces and messages name the line of the document. */
function padLines(text: string, original: string): string {
  const missing = original.split('\n').length - text.split('\n').length
  return text + '\n'.repeat(Math.max(0, missing))
}
