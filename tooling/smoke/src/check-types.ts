import ts from 'typescript'

/** Compiles a program against the installed declarations, as strictly as a user may, library files included. */
export function checkTypes(cwd: string, file: string): void {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    types: [],
    noEmit: true,
  }
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([file], options))
  if (diagnostics.length > 0) {
    const host = {
      getCurrentDirectory: () => cwd,
      getCanonicalFileName: (path: string) => path,
      getNewLine: () => '\n',
    }
    throw new Error(ts.formatDiagnostics(diagnostics, host))
  }
}
