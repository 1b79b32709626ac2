export { progressBar, type ProgressBarOptions } from './progress-bar.js'
export { terminalPlot, type TerminalPlotOptions } from './terminal-plot.js'
export type { TextStream } from './terminal.js'
