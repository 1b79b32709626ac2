import Table from 'cli-table3'

/** A confusion matrix as text: a row for each true class, a column for each predicted one; zeros are dots. */
export function confusionTable(matrix: readonly (readonly number[])[], labels: readonly string[]): string {
  const table = new Table({
    head: ['true \\ predicted', ...labels, 'recall'],
    colAligns: ['left', ...labels.map(() => 'right' as const), 'right'],
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 1 },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: ' ',
    },
  })
  matrix.forEach((row, i) => {
    const total = row.reduce((sum, n) => sum + n, 0)
    const recall = total === 0 ? '-' : ((row[i] ?? 0) / total).toFixed(3)
    table.push([labels[i] ?? String(i), ...row.map((n) => (n === 0 ? '·' : String(n))), recall])
  })
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}
