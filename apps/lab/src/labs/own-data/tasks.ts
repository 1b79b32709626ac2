export { openTable, predictRow, stopTraining, tableCsv, train } from './workbench.js'
