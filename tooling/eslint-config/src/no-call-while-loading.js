/**
 * A file of `primitive/` may name operations, which in turn name primitives: a circle that holds as long as no operation is called
 * while the files load. What is imported from outside the folder is only called inside functions.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export const noCallWhileLoading = {
  meta: {
    type: 'problem',
    docs: { description: 'no operation is called while a primitive is loading' },
    schema: [],
  },
  create(context) {
    /** Local names of what comes from the operations. @type {Set<string>} */
    const operations = new Set()
    let depth = 0
    const enter = () => void depth++
    const leave = () => void depth--
    return {
      ImportDeclaration(node) {
        if (!/^\.\.\/(ops\/|apply\.js$)/.test(String(node.source.value))) return
        for (const { local } of node.specifiers) operations.add(local.name)
      },
      ':function': enter,
      ':function:exit': leave,
      CallExpression(node) {
        if (depth > 0) return
        const callee = node.callee.type === 'MemberExpression' ? node.callee.object : node.callee
        if (callee.type !== 'Identifier' || !operations.has(callee.name)) return
        context.report({
          node,
          message:
            'This calls an operation while primitive/ is loading, when it may not be there yet: call it in a function.',
        })
      },
    }
  },
}
