// What the benchmark uses of convnetjs 0.3.0, which has no types.
declare module 'convnetjs' {
  export class Vol {
    constructor(sx: number, sy: number, depth: number, value?: number)
    w: Float64Array
  }
  export interface LayerOfNet {
    layer_type: string
    filters?: Vol[]
    biases?: Vol
  }
  export class Net {
    layers: LayerOfNet[]
    makeLayers(definitions: readonly Readonly<Record<string, unknown>>[]): void
    forward(x: Vol, training?: boolean): Vol
  }
  export class Trainer {
    constructor(net: Net, options: { method: 'sgd'; learning_rate: number; momentum: number; batch_size: number })
    train(x: Vol, y: number | readonly number[]): { cost_loss: number }
  }
}
