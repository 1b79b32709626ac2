import { having } from '@neurite/core/arguments'
import type { Layer } from '@neurite/nn'
import type { BackpropTrace } from './backprop/trace.js'
import type { NetworkGraph } from './network/network-graph.js'

// What the functions of this package are given first.

export const aModel = /* @__PURE__ */ having<Layer>('a layer, such as sequential([...])', 'init', 'apply')
export const aNetwork = /* @__PURE__ */ having<NetworkGraph>(
  'what networkGraph gives (await it)',
  'layers',
  'nodes',
  'edges',
)
export const aTrace = /* @__PURE__ */ having<BackpropTrace>('what traceBackprop gives (await it)', 'nodes', 'output')
