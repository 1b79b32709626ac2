import { join } from 'node:path'
import { argMax, type Tensor } from '@neurite/core'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { toWasm } from '../../src/index.js'
import { seeded } from './support.js'

/** What the compiler says of a program beside the declarations of a loader, strictly: the lines that it complains of. */
function complaints(types: string, program: string): number[] {
  const files: Readonly<Record<string, string>> = { 'model.d.ts': types, 'program.ts': program }
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
  }
  const host = ts.createCompilerHost(options)
  const { fileExists, getSourceFile } = host
  const named = (path: string): string | undefined => files[path.slice(import.meta.dirname.length + 1)]
  host.fileExists = (path) => named(path) !== undefined || fileExists(path)
  host.getSourceFile = (path, target, ...rest) => {
    const text = named(path)
    return text === undefined ? getSourceFile(path, target, ...rest) : ts.createSourceFile(path, text, target)
  }
  const roots = Object.keys(files).map((name) => join(import.meta.dirname, name))
  return ts.getPreEmitDiagnostics(ts.createProgram(roots, options, host)).map(({ file, start, messageText }) => {
    if (file?.fileName.endsWith('program.ts') !== true)
      throw new Error(`${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
    return file.getLineAndCharacterOfPosition(start!).line + 1
  })
}

test('the declarations say what predict takes and gives', { timeout: 60_000 }, async () => {
  const { types } = await toWasm((x: Tensor) => argMax(x, { axis: -1 }), seeded([2, 3], 1))
  expect(types).toContain('float32[2, 3] to int32[2]')
  const program = `import { load, type Predict } from './model.js'
    const predict: Predict = await load(new Uint8Array(8))
    const found: Int32Array = predict([1, 2, 3, 4, 5, 6])
    predict(new Float64Array(6))
    const wrong: Float32Array = predict([])
    predict('123456')
    predict(5)
    load('model.wasm')
    export { found, wrong }`
  expect(complaints(types, program)).toEqual([5, 6, 7, 8])
})
