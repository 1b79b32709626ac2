import js from '@eslint/js'
import tseslint from 'typescript-eslint'
import { boundaries } from './boundaries.js'
import { noCallWhileLoading } from './no-call-while-loading.js'
import { reasonedDisables } from './reasoned-disables.js'

const RANDOM = 'Take a seeded stream of @neurite/core: the same seed must give the same numbers.'
const DOUBLE_CAST = 'Narrow the value or fix the type: a double assertion switches the compiler off.'
const POWER =
  'Take power of @neurite/core: the last bit of ** depends on the engine, unless it squares or is a power of two.'

const SYNTAX = [
  { selector: 'TSAsExpression > TSAsExpression[typeAnnotation.type="TSUnknownKeyword"]', message: DOUBLE_CAST },
]

/**
 * The lint configuration of the whole workspace.
 *
 * @param {{ root: string }} options the folder of the workspace
 */
export function configure({ root }) {
  return tseslint.config(
    {
      ignores: [
        ...['**/*.d.ts', '**/dist/**', '**/.generated*/**', '**/.reports/**', '**/.turbo/**', '**/coverage/**'],
      ],
    },
    js.configs.recommended,
    {
      plugins: {
        neurite: {
          rules: { boundaries, 'no-call-while-loading': noCallWhileLoading, 'reasoned-disables': reasonedDisables },
        },
      },
      linterOptions: { reportUnusedDisableDirectives: 'error' },
      rules: {
        'neurite/boundaries': 'error',
        'neurite/reasoned-disables': 'error',
        'no-console': 'error',
        'no-eval': 'error',
        'no-implied-eval': 'error',
        'no-new-func': 'error',
        'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'] }],
        'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: RANDOM }],
        'no-restricted-syntax': ['error', ...SYNTAX],
        eqeqeq: 'error',
        'prefer-const': 'error',
        'object-shorthand': 'error',
        // Numeric code declares what it accumulates before the loop; the rule takes that for a mistake.
        'no-useless-assignment': 'off',
        // Published coefficients keep all their digits.
        'no-loss-of-precision': 'off',
      },
    },
    {
      files: ['**/*.{ts,tsx}'],
      extends: [...tseslint.configs.recommendedTypeChecked],
      languageOptions: {
        parserOptions: { projectService: true, tsconfigRootDir: root },
      },
      rules: {
        '@typescript-eslint/consistent-type-imports': [
          'error',
          { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
        ],
        '@typescript-eslint/no-unused-vars': [
          'error',
          { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
        ],
        '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
        '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
        '@typescript-eslint/restrict-template-expressions': [
          'error',
          { allowNumber: true, allowBoolean: true, allowAny: false, allowNullish: true },
        ],
        // Array.isArray makes any[] of a readonly array (microsoft/TypeScript#17002); `any` itself is refused above.
        '@typescript-eslint/no-unsafe-argument': 'off',
        '@typescript-eslint/no-unsafe-assignment': 'off',
        '@typescript-eslint/no-unsafe-call': 'off',
        '@typescript-eslint/no-unsafe-member-access': 'off',
        '@typescript-eslint/no-unsafe-return': 'off',
        // A function may be async to fit an interface; and methods of plain objects here are closures, which need no `this`.
        '@typescript-eslint/require-await': 'off',
        '@typescript-eslint/unbound-method': 'off',
      },
    },
    {
      // What is published; conformance judges by tolerances.
      files: ['packages/*/src/**'],
      ignores: ['packages/conformance/**'],
      rules: {
        'no-restricted-syntax': [
          'error',
          ...SYNTAX,
          { selector: 'BinaryExpression[operator="**"]:not([left.value=2], [right.value=2])', message: POWER },
          { selector: 'MemberExpression[object.name="Math"][property.name="pow"]', message: POWER },
        ],
      },
    },
    {
      files: ['packages/core/src/primitive/**'],
      rules: { 'neurite/no-call-while-loading': 'error' },
    },
    {
      files: ['**/*.config.ts'],
      extends: [tseslint.configs.disableTypeChecked],
    },
    {
      // Programs talk to a terminal; generators and benchmarks are programs.
      files: ['apps/**', 'tooling/**', 'packages/cli/**', 'packages/*/scripts/**', 'packages/*/examples/**'],
      rules: { 'no-console': 'off' },
    },
    {
      files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
      languageOptions: {
        globals: { require: 'readonly', console: 'readonly', process: 'readonly', URL: 'readonly', Buffer: 'readonly' },
      },
    },
  )
}
