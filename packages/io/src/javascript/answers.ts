import { sizeOf } from '@neurite/core'
import { transformerFromJSON } from '@neurite/data'
import type { Target } from '../model/target.js'
import { Code } from './code.js'
import { Preprocessing, unscaledText } from './preprocessing.js'
import { numberText, plainText } from './text.js'

/** What a module answers: functions of the model's output y. */
export interface AnswersText {
  /** With `answer(y)`, and `probabilities(y)` where these are known. */
  readonly text: string
  readonly hasProbabilities: boolean
  /** Of an answer, in TypeScript. */
  readonly type: string
}

export function writeAnswers(target: Target, outputShape: readonly number[]): AnswersText {
  const { labels, outputs } = target
  if (labels === undefined) return writeNumbers(target, outputShape)
  const code = new Code()
  code.line(`export const labels = Object.freeze(${plainText(labels)})`)
  if (target.threshold !== undefined) {
    code.line(`const answer = (y) => labels[y[0] > ${numberText(target.threshold)} ? 1 : 0]`)
    const one = outputs === 'logits' ? 'softmax([0, y[0]])' : '[1 - y[0], y[0]]'
    if (outputs !== undefined) code.line(`const probabilities = (y) => ${one}`)
  } else {
    code.block('function answer(y)', () => {
      code.line('let best = 0')
      code.line(`for (let i = 1; i < ${labels.length}; i++) if (y[i] > y[best]) best = i`)
      code.line('return labels[best]')
    })
    if (outputs !== undefined)
      code.line(`const probabilities = (y) => ${outputs === 'logits' ? 'softmax(Array.from(y))' : 'Array.from(y)'}`)
  }
  if (outputs === 'logits') {
    code.block('function softmax(logits)', () => {
      code.line('const top = logits.reduce((a, b) => Math.max(a, b))')
      code.line('const parts = logits.map((z) => Math.exp(z - top))')
      code.line('const total = parts.reduce((a, b) => a + b)')
      code.line('return parts.map((part) => part / total)')
    })
  }
  return {
    text: String(code),
    hasProbabilities: outputs !== undefined,
    type: labels.map((label) => plainText(label)).join(' | '),
  }
}

function writeNumbers({ scaler }: Target, outputShape: readonly number[]): AnswersText {
  const alone = sizeOf(outputShape) === 1 && outputShape.length <= 1
  const rank = Math.max(1, outputShape.length)
  const type = alone ? 'number' : `${'readonly '.repeat(rank > 1 ? 1 : 0)}number${'[]'.repeat(rank)}`
  const code = new Code()
  if (scaler === undefined && rank === 1) code.line(`const answer = (y) => ${alone ? 'y[0]' : 'Array.from(y)'}`)
  else if (scaler === undefined) {
    code.line(`const outputShape = ${plainText(outputShape)}`)
    code.block('function answer(y, axis = 0)', () => {
      code.line('const size = y.length / outputShape[axis]')
      code.line(`if (axis === ${rank - 1}) return Array.from(y)`)
      code.line(
        'return Array.from({ length: outputShape[axis] }, (_, i) => answer(y.subarray(i * size, (i + 1) * size), axis + 1))',
      )
    })
  } else {
    const inner = new Code()
    const to = new Preprocessing(inner, 'q')
    const made = unscaledText(to, transformerFromJSON(JSON.parse(JSON.stringify(scaler))), to.row('Array.from(y)'))
    code.line(to.tables)
    code.block('function answer(y)', () => {
      code.append(inner)
      code.line(`return ${made}${alone ? '[0]' : ''}`)
    })
  }
  return { text: String(code), hasProbabilities: false, type }
}
