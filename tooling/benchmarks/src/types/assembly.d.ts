// What esbuild makes of AssemblyScript: src/harness/assembly.ts.
declare module '*.wasm' {
  const bytes: Uint8Array<ArrayBuffer>
  export default bytes
}
