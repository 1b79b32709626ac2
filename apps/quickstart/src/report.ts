import { confusionTable } from './confusion-table.js'
import { axisTicks, plotCurves } from './curves.js'
import type { Terminal } from './terminal.js'
import type { Report } from './train-digits.js'

const LABELS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']

/** Prints what a training showed. The last line is for programs as well: `test accuracy: 0.978`. */
export function printReport(report: Report, seconds: number, terminal: Terminal): void {
  const { history, epochs, confusion, testAccuracy, images } = report
  const { write } = terminal
  if (epochs > 1) {
    curves(terminal, 'loss', history.loss, history.valLoss)
    curves(terminal, 'accuracy', history.accuracy, history.valAccuracy)
  }
  write(`\n${confusionTable(confusion, LABELS)}\n\n`)
  write(
    `${images.train} images to learn from, ${images.test} to test with; ${epochs} epochs in ${seconds.toFixed(1)} s\n`,
  )
  write(`test accuracy: ${testAccuracy.toFixed(3)}\n`)
}

function curves(
  { write, width, color }: Terminal,
  title: string,
  training: readonly number[],
  validation: readonly number[],
): void {
  const both = [
    { name: 'training', values: training },
    { name: 'validation', values: validation },
  ]
  // Lines of one colour cannot be told apart: then only what counts is drawn.
  const drawn = color ? both : both.slice(1)
  const values = drawn.flatMap((curve) => curve.values)
  // Losses are read from 0; accuracies from the tenth below the lowest, or nothing could be told apart.
  const ticks = axisTicks(values, title === 'accuracy' ? Math.floor(Math.min(...values) * 10) / 10 : 0)
  write(`\n${plotCurves(drawn, { title, ticks, width, color })}\n`)
}
