/**
 * A rule may be switched off for a line with a reason: `// eslint-disable-next-line rule -- because ...`.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export const reasonedDisables = {
  meta: { type: 'suggestion', docs: { description: 'a disabled rule is named and has a reason' }, schema: [] },
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          if (!/^\s*eslint-disable/.test(comment.value) || !comment.loc) continue
          if (!/^\s*eslint-disable[\w-]*\s+\S.*\s--\s+\S/.test(comment.value)) {
            context.report({
              loc: comment.loc,
              message: 'Name the rule and say why: `eslint-disable-next-line rule -- reason`.',
            })
          }
        }
      },
    }
  },
}
