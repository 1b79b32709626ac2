import { confusionTable } from './confusion-table.js'
import type { Terminal } from './terminal.js'
import type { Report } from './train-digits.js'

const LABELS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']

/** Prints what a training showed. The last line is for programs as well: `test accuracy: 0.978`. */
export function printReport(report: Report, seconds: number, { write }: Terminal): void {
  const { epochs, confusion, testAccuracy, images } = report
  write(`\n${confusionTable(confusion, LABELS)}\n\n`)
  write(
    `${images.train} images to learn from, ${images.test} to test with; ${epochs} epochs in ${seconds.toFixed(1)} s\n`,
  )
  write(`test accuracy: ${testAccuracy.toFixed(3)}\n`)
}
