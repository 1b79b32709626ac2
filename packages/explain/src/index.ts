export { traceBackprop, type ModelInputs, type Name, type TraceOptions } from './backprop/trace-backprop.js'
export type { BackpropTrace, TraceInput, TraceNode } from './backprop/trace.js'
export type { Names } from './backprop/names.js'
export { latexSteps, type LatexOptions, type LatexStep } from './backprop/latex-steps.js'
export type { Detail } from './backprop/chain-rule.js'
export { traceSvg, type TraceSvgOptions } from './backprop/trace-svg.js'
export {
  traceGraph,
  type TraceGraph,
  type TraceGraphEdge,
  type TraceGraphNode,
  type TraceGraphOptions,
} from './backprop/trace-graph.js'
export type { DrawingOptions, Theme } from './drawing/theme.js'
export {
  networkGraph,
  type NetworkEdge,
  type NetworkGraph,
  type NetworkGraphOptions,
  type NetworkLayer,
  type NetworkNode,
} from './network/network-graph.js'
export { toDot, type DotOptions } from './network/to-dot.js'
export { toSvg, type SvgOptions } from './network/to-svg.js'
export { collapseLinear, type AffineMap, type CollapseOptions } from './diagnosis/collapse-linear.js'
export {
  FLOW_THRESHOLDS,
  gradientFlow,
  type FlowVerdict,
  type GradientFlow,
  type LayerFlow,
} from './diagnosis/gradient-flow.js'
export { gradientFlowSvg } from './diagnosis/gradient-flow-svg.js'
export {
  approximate,
  type ApproximateOptions,
  type Approximation,
  type ApproximationProgress,
} from './approximation/approximate.js'
export { approximationSvg } from './approximation/approximation-svg.js'
export type { Box, RealFunction } from './approximation/box.js'
