import type { AnyFitted } from '@neurite/data'
import type { InputSchema } from '../model/input.js'
import type { Target } from '../model/target.js'
import { writeAnswers } from './answers.js'
import { Code } from './code.js'
import type { NetworkText } from './network.js'
import type { Recorded } from './record.js'
import { writeRows } from './rows.js'
import { plainText } from './text.js'
import { writeTypes } from './types.js'

/** A module as text, and its declarations. */
export interface JavaScriptModule {
  /** An ES module: save it as `NAME.js`. */
  readonly code: string
  /** What it exports, in TypeScript: save it beside it as `NAME.d.ts`. */
  readonly types: string
}

/** All that a module is made of. */
export interface ModuleParts {
  readonly recorded: Recorded
  readonly network: NetworkText
  readonly input: InputSchema
  readonly preprocessing: AnyFitted | undefined
  readonly target: Target
  /** How many things there are, where the model takes indices. */
  readonly indices: number | undefined
}

export function writeModule(parts: ModuleParts): JavaScriptModule {
  const { recorded, network, input, preprocessing, target, indices } = parts
  const { program, x, outputShape } = recorded
  const { shape, dtype } = program.inputs.find(({ id }) => id === x)!
  const rows = writeRows(input, preprocessing, { shape: shape.slice(1), dtype, indices })
  const answers = writeAnswers(target, outputShape)
  const code = new Code()
  code.block('function run(row, at)', () => {
    code.line('fill(row, at)')
    code.append(network.each)
    code.line(`return ${network.output}`)
  })
  code.block('function each(rows, say)', () => {
    code.line(`if (${rows.single}) return say(run(rows, 0))`)
    code.line('return Array.from(rows, (row, at) => say(run(row, at)))')
  })
  code.line('')
  code.line('/** What the model says: to one row, or to each of an array of rows. */')
  code.line('export const predict = (rows) => each(rows, answer)')
  if (answers.hasProbabilities) {
    code.line('')
    code.line('/** How probable each label is, likewise. */')
    code.line('export const predictProbabilities = (rows) => each(rows, probabilities)')
  }
  const texts = [
    '// Made by toJavaScript of @neurite/io: a trained model that predicts by itself.',
    ...network.once,
    rows.text,
    answers.text,
    String(code),
  ]
  const labels = target.labels && `readonly ${plainText(target.labels)}`
  return { code: `${texts.filter((text) => text !== '').join('\n\n')}\n`, types: writeTypes(input, answers, labels) }
}
