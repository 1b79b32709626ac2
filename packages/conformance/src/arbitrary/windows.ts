import type { KernelParams } from '@neurite/core'
import fc from 'fast-check'
import { fill, type Palette } from './values.js'
import type { CallSource } from './calls.js'

type Pair = readonly [number, number]

/** Extents of a sliding window: images that it need not cover evenly, strides past its width, uneven padding. */
interface Geometry {
  readonly batch: number
  readonly image: Pair
  readonly window: Pair
  readonly strides: Pair
  readonly padding: readonly [Pair, Pair]
  readonly channels: number
  readonly filters: number
  readonly start: number
}

const pair = (arbitrary: fc.Arbitrary<number>): fc.Arbitrary<[number, number]> => fc.tuple(arbitrary, arbitrary)

function geometry(paddingBelowWindow: boolean): fc.Arbitrary<Geometry> {
  return fc
    .record({
      batch: fc.oneof(
        { arbitrary: fc.integer({ min: 1, max: 3 }), weight: 9 },
        { arbitrary: fc.constant(0), weight: 1 },
      ),
      image: pair(fc.integer({ min: 1, max: 8 })),
      window: pair(fc.integer({ min: 1, max: 4 })),
      strides: pair(fc.integer({ min: 1, max: 3 })),
      padding: pair(fc.nat({ max: 2 })).chain((a) => pair(fc.nat({ max: 2 })).map((b): [Pair, Pair] => [a, b])),
      channels: fc.integer({ min: 1, max: 5 }),
      filters: fc.integer({ min: 1, max: 5 }),
      start: fc.nat({ max: 2 ** 31 - 1 }),
    })
    .map((drawn) => {
      const window = drawn.window.map((extent, axis) => Math.min(extent, drawn.image[axis]!)) as [number, number]
      const most = (axis: 0 | 1): number => (paddingBelowWindow ? window[axis] - 1 : 2)
      const around = (axis: 0 | 1): Pair => [
        Math.min(drawn.padding[axis][0], most(axis)),
        Math.min(drawn.padding[axis][1], most(axis)),
      ]
      return { ...drawn, window, padding: [around(0), around(1)] as const }
    })
}

const FLOATS = ['float32', 'float64'] as const

function outputOf({ image, window, strides, padding }: Geometry): [number, number] {
  const along = (axis: 0 | 1): number =>
    Math.floor((image[axis] + padding[axis][0] + padding[axis][1] - window[axis]) / strides[axis]) + 1
  return [along(0), along(1)]
}

function spread({ strides, padding, window }: Geometry) {
  return { sliding: { strides, padding }, pooling: { strides, padding, window } }
}

export const convolution: CallSource<KernelParams<'conv2d'>> = {
  dtypes: FLOATS,
  calls: (dtype) =>
    geometry(false).map((g) => ({
      inputs: [
        fill([g.batch, ...g.image, g.channels], dtype, g.start),
        fill([...g.window, g.channels, g.filters], dtype, g.start + 1),
      ],
      params: spread(g).sliding,
    })),
}

function extentsOf(g: Geometry) {
  return {
    inputShape: [g.batch, ...g.image, g.channels],
    filterShape: [...g.window, g.channels, g.filters],
    outer: [g.batch, ...outputOf(g), g.filters],
  }
}

export const convolutionInputGradient: CallSource<KernelParams<'conv2dInputGradient'>> = {
  dtypes: FLOATS,
  calls: (dtype) =>
    geometry(false).map((g) => {
      const { inputShape, filterShape, outer } = extentsOf(g)
      return {
        inputs: [fill(outer, dtype, g.start), fill(filterShape, dtype, g.start + 1)],
        params: { ...spread(g).sliding, inputShape },
      }
    }),
}

export const convolutionFilterGradient: CallSource<KernelParams<'conv2dFilterGradient'>> = {
  dtypes: FLOATS,
  calls: (dtype) =>
    geometry(false).map((g) => {
      const { inputShape, filterShape, outer } = extentsOf(g)
      return {
        inputs: [fill(inputShape, dtype, g.start), fill(outer, dtype, g.start + 1)],
        params: { ...spread(g).sliding, filterShape },
      }
    }),
}

export function pooling(palette: Palette): CallSource<KernelParams<'maxPool2d'>> {
  return {
    dtypes: FLOATS,
    calls: (dtype) =>
      geometry(true).map((g) => ({
        inputs: [fill([g.batch, ...g.image, g.channels], dtype, g.start, palette)],
        params: spread(g).pooling,
      })),
  }
}

/** An image from the palette, and something moderate of the image's shape or the output's. */
export function maxPooling(
  palette: Palette,
  second: 'image' | 'output',
): CallSource<KernelParams<'maxPool2dGradient'>> {
  return {
    dtypes: FLOATS,
    calls: (dtype) =>
      geometry(true).map((g) => {
        const image = [g.batch, ...g.image, g.channels]
        const output = [g.batch, ...outputOf(g), g.channels]
        return {
          inputs: [fill(image, dtype, g.start, palette), fill(second === 'image' ? image : output, dtype, g.start + 1)],
          params: spread(g).pooling,
        }
      }),
  }
}

export const averageGradient: CallSource<KernelParams<'avgPool2dGradient'>> = {
  dtypes: FLOATS,
  calls: (dtype) =>
    geometry(true).map((g) => ({
      inputs: [fill([g.batch, ...outputOf(g), g.channels], dtype, g.start)],
      params: { ...spread(g).pooling, inputShape: [g.batch, ...g.image, g.channels] },
    })),
}
