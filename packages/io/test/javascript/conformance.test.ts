import { runInThisContext } from 'node:vm'
import { cpu } from '@neurite/backend-cpu'
import {
  PRIMITIVE_NAMES,
  type Backend,
  type Executable,
  type Program,
  type TensorSpec,
  type TypedArray,
  type ValueId,
} from '@neurite/core'
import { conformanceVitest } from '@neurite/conformance/vitest'
import { emitProgram } from '../../src/javascript/program/emit-program.js'
import { HELPERS } from '../../src/javascript/program/helpers.js'

/** A program as the JavaScript that a module would have, with all its inputs as arguments. */
function written(program: Program): (...inputs: readonly TypedArray[]) => readonly TypedArray[] {
  const names = new Map<ValueId, string>(program.inputs.map(({ id }, i) => [id, `a${i}`]))
  const { once, each, outputs, helpers } = emitProgram(program, names, new Set(names.keys()))
  const text = `(() => {
    'use strict'
    ${[...helpers].map((helper) => HELPERS[helper]).join('\n')}
    ${String(once)}
    return (${[...names.values()].join(', ')}) => {
      ${String(each)}
      return [${outputs.join(', ')}]
    }
  })()`
  return runInThisContext(text) as (...inputs: readonly TypedArray[]) => readonly TypedArray[]
}

/** Memory of backend-cpu, and every primitive as toJavaScript writes it, alone and in programs; random numbers, which it refuses, as there. */
function javascript(): Backend<TypedArray> {
  const memory = cpu()
  const compile = (program: Program): Executable<TypedArray> => {
    if (program.instructions.some(({ primitive }) => primitive === 'random')) return memory.compile(program)
    const run = written(program)
    const specs = new Map([...program.inputs, ...program.instructions].map((value) => [value.id, value]))
    return {
      run(inputs) {
        try {
          const outputs = run(...inputs)
          return program.outputs.map((id, i) => memory.upload(outputs[i]!, specs.get(id)!))
        } finally {
          for (const [i, { donated }] of program.inputs.entries()) if (donated) memory.release(inputs[i]!)
        }
      },
      dispose: () => undefined,
    }
  }
  const kernels = Object.fromEntries(
    PRIMITIVE_NAMES.filter((name) => name !== 'random' && name !== 'reshape').map((primitive) => [
      primitive,
      (
        operands: readonly { storage: TypedArray; shape: readonly number[] }[],
        params: object,
        { shape, dtype }: TensorSpec,
      ) => {
        const inputs = operands.map((operand, id) => ({ ...operand, id, role: 'argument', donated: false }))
        const id = inputs.length
        const instruction = { id, primitive, inputs: inputs.map((input) => input.id), params, shape, dtype }
        const program = { inputs, keys: 0, instructions: [instruction], outputs: [id] }
        return compile(program as never).run(
          operands.map(({ storage }) => storage),
          [],
        )[0]
      },
    ]),
  )
  return { ...memory, name: 'javascript', kernels: { ...memory.kernels, ...kernels }, compile }
}

conformanceVitest({ name: 'what toJavaScript writes', create: javascript, runs: 10 })
