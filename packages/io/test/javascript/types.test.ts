import { join } from 'node:path'
import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'
import { columnTransformer, oneHotEncoder, standardScaler, Table } from '@neurite/data'
import { conv2d, dense, flatten, sequential } from '@neurite/nn'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { toJavaScript } from '../../src/javascript/index.js'
import { stringText } from '../../src/javascript/text.js'

setDefaultBackend(cpu())

/** What the compiler says to a program beside a module's declarations, strictly; the numbers of its lines. */
function complaints(types: string, program: string): number[] {
  const files = new Map([
    ['model.d.ts', types],
    ['program.ts', program],
  ])
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
  }
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  const named = (path: string): string | undefined => files.get(path.slice(import.meta.dirname.length + 1))
  host.fileExists = (path) => named(path) !== undefined || fileExists(path)
  host.readFile = (path) => named(path) ?? readFile(path)
  host.getSourceFile = (path, target, ...rest) => {
    const text = named(path)
    return text === undefined ? getSourceFile(path, target, ...rest) : ts.createSourceFile(path, text, target)
  }
  const roots = [...files.keys()].map((name) => join(import.meta.dirname, name))
  return ts.getPreEmitDiagnostics(ts.createProgram(roots, options, host)).map(({ file, start, messageText }) => {
    if (file === undefined || start === undefined || !file.fileName.endsWith('program.ts'))
      throw new Error(`${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
    return file.getLineAndCharacterOfPosition(start).line + 1
  })
}

test('rows of numbers', { timeout: 60_000 }, async () => {
  const model = dense(1)
  const { types } = await toJavaScript(model, model.init({ inputShape: [2] }).params, { examples: [[1, 2]] })
  const program = `import { predict, type Prediction, type Row } from './model.js'
    const one: number = predict([1, 2])
    const many: number[] = predict([[1, 2], Float32Array.of(3, 4)])
    const rows: readonly Row[] = [new Uint8Array(2)]
    const all: Prediction[] = predict(rows)
    predict('12')
    predict([['1', '2']])
    const wrong: string = predict([1, 2])
    import { labels } from './model.js'`
  expect(complaints(types, program)).toEqual([6, 7, 8, 9])
})

test('images, and several outputs', { timeout: 60_000 }, async () => {
  const model = sequential([conv2d(1, { kernelSize: 2 }), flatten(), dense(3)])
  const image = [
    [[1], [2]],
    [[3], [4]],
  ]
  const { types } = await toJavaScript(model, model.init({ inputShape: [2, 2, 1] }).params, { examples: [image] })
  const program = `import { predict } from './model.js'
    const image = ${JSON.stringify(image)}
    const one: number[] = predict(image)
    const flat: number[] = predict(new Uint8ClampedArray(4))
    const many: number[][] = predict([image, Float32Array.of(1, 2, 3, 4)])
    predict([1, 2, 3, 4])
    predict([[1, 2], [3, 4]])`
  expect(complaints(types, program)).toEqual([6, 7])
})

test('columns and labels by their names, whatever these are', { timeout: 60_000 }, async () => {
  const odd = '"*/ __proto__ </script>\u2028\n${1}'
  const rows = [
    { age: 1, [odd]: 'a' },
    { age: 2, [odd]: 'b' },
  ]
  const examples = Table.fromRows(rows)
  const preprocessing = columnTransformer([
    { columns: 'age', use: standardScaler() },
    { columns: odd, use: oneHotEncoder() },
  ]).fit(examples)
  const model = sequential([dense(2)])
  const { params } = model.init({ inputShape: [3] })
  const { types } = await toJavaScript(model, params, { preprocessing, labels: [odd, 'no'], examples })
  const name = stringText(odd)
  const program = `import { labels, predict, predictProbabilities, type Prediction, type Row } from './model.js'
    const row: Row = { age: 1, [${name}]: null }
    const label: ${name} | 'no' = predict({ age: null, [${name}]: 'a' })
    const several: Prediction[] = predict([row])
    const probabilities: number[] = predictProbabilities(row)
    const first: ${name} = labels[0]
    predict({ age: 1 })
    predict({ age: 'one', [${name}]: 'a' })
    predict([1, 2])
    if (label === 'yes') several.pop()
    labels.push('yes')`
  expect(complaints(types, program)).toEqual([7, 8, 9, 10, 11])
})
