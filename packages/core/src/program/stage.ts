import type { Backend } from '../backend/v1.js'
import { checkArgument } from '../errors/index.js'
import type { TensorSpec } from '../tensor/dtype.js'
import { tidy } from '../tensor/scope.js'
import type { Tensor } from '../tensor/tensor.js'
import { isKey, isTensor, mapLeaves, tensorsIn } from '../tensor/tree.js'
import { defaultBackend } from '../backend/default.js'
import { resolveViews } from './memory.js'
import { eliminateDeadCode, optimize, renumber } from './passes.js'
import type { Program, ValueId } from './program.js'
import { Trace, withTrace } from './trace.js'

/** Where a tensor of the result comes from: an output of the program, or an input passed through (perhaps reshaped). */
export interface Origin extends TensorSpec {
  readonly from: 'output' | 'input'
  readonly index: number
}

/** The result's structure, with the place in `origins` where a tensor stands. */
export type Template =
  | { readonly kind: 'tensor'; readonly origin: number }
  | { readonly kind: 'static'; readonly value: unknown }
  | { readonly kind: 'array'; readonly items: readonly Template[] }
  | { readonly kind: 'object'; readonly names: readonly string[]; readonly items: readonly Template[] }

/** A function turned into a program. */
export interface Staged {
  readonly program: Program
  /** The tensors the function closed over, in the order of the program's captured inputs. */
  readonly captured: readonly Tensor[]
  readonly origins: readonly Origin[]
  /** Donated inputs that are results themselves: only the caller's old handles end. */
  readonly passed: readonly number[]
  readonly template: Template
}

/** The backend of a call: that of its first tensor, else the default. */
export function backendOf(args: readonly unknown[]): Backend {
  return tensorsIn(args)[0]?.backend ?? defaultBackend()
}

/** Runs `f` on symbols and returns what it did, as recorded, with the result's tensors as the program's outputs. */
export function record(
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  backend: Backend,
  donate: readonly number[],
) {
  const trace = new Trace(backend)
  const symbols = args.map((arg, position) =>
    mapLeaves(arg, (leaf) => {
      if (isTensor(leaf)) return trace.addInput(leaf, donate.includes(position))
      return isKey(leaf) ? trace.addKey() : leaf
    }),
  )
  const specs: TensorSpec[] = []
  const outputs: ValueId[] = []
  // Nothing is kept: what f made for real while it was traced lives on in the trace's own handles.
  const traceCall = (): Template =>
    withTrace(trace, () => {
      let made: Template | undefined
      tidy(() => {
        const result = f(...(symbols as never[]))
        checkArgument(
          !(result instanceof Promise),
          () => 'compile: the function must be synchronous, it returned a promise.',
        )
        made = templateOf(result, (leaf) => {
          specs.push({ shape: leaf.shape, dtype: leaf.dtype })
          return outputs.push(trace.valueOf(leaf)) - 1
        })
      })
      return made!
    })
  let template: Template
  try {
    template = traceCall()
  } catch (error) {
    for (const tensor of trace.captured) tensor.dispose()
    throw error
  }
  const program: Program = { inputs: trace.inputs, keys: trace.keys, instructions: trace.instructions, outputs }
  // Captured tensors are met late, between instructions; inputs first makes programs comparable.
  return { program: renumber(program), captured: trace.captured, specs, template }
}

/** Records `f` and makes the program ready for a backend: optimized, views resolved, each output once. */
export function stage(
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  backend: Backend,
  donate: readonly number[],
): Staged {
  const { program: recorded, captured, specs, template } = record(f, args, backend, donate)
  const program = optimize(recorded)
  const root = resolveViews(program)
  const inputIndex = new Map(program.inputs.map(({ id }, index) => [id, index]))
  const unique = [...new Set(program.outputs.map((id) => root.get(id)!))].filter((id) => !inputIndex.has(id))
  const origins = program.outputs.map((id, i): Origin => {
    const source = root.get(id)!
    const input = inputIndex.get(source)
    return input === undefined
      ? { ...specs[i]!, from: 'output', index: unique.indexOf(source) }
      : { ...specs[i]!, from: 'input', index: input }
  })
  const results = new Set(origins.filter(({ from }) => from === 'input').map(({ index }) => index))
  const passed = [...results].filter((index) => program.inputs[index]!.donated)
  const inputs = program.inputs.map((input, index) => ({ ...input, donated: input.donated && !results.has(index) }))
  return {
    program: renumber(eliminateDeadCode({ ...program, inputs, outputs: unique })),
    captured,
    origins,
    passed,
    template,
  }
}

function templateOf(tree: unknown, place: (leaf: Tensor) => number): Template {
  if (isTensor(tree)) return { kind: 'tensor', origin: place(tree) }
  if (Array.isArray(tree)) return { kind: 'array', items: tree.map((item) => templateOf(item, place)) }
  if (typeof tree === 'object' && tree !== null && !isKey(tree)) {
    return {
      kind: 'object',
      names: Object.keys(tree),
      items: Object.values(tree).map((item) => templateOf(item, place)),
    }
  }
  return { kind: 'static', value: tree }
}

/** A result from its template. */
export function fill(template: Template, tensors: readonly Tensor[]): unknown {
  switch (template.kind) {
    case 'tensor':
      return tensors[template.origin]
    case 'static':
      return template.value
    case 'array': {
      const items = new Array<unknown>(template.items.length)
      for (let i = 0; i < items.length; i++) items[i] = fill(template.items[i]!, tensors)
      return items
    }
    case 'object': {
      const result: Record<string, unknown> = {}
      for (let i = 0; i < template.names.length; i++) result[template.names[i]!] = fill(template.items[i]!, tensors)
      return result
    }
  }
}
