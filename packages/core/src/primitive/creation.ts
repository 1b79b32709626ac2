import { noGradient, type Primitive } from './primitive.js'

export const full: Primitive<'full'> = {
  name: 'full',
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  vjp: noGradient,
}

export const arange: Primitive<'arange'> = {
  name: 'arange',
  infer: (_, { length, dtype }) => ({ shape: [length], dtype }),
  vjp: noGradient,
}

export const random: Primitive<'random'> = {
  name: 'random',
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  vjp: noGradient,
}
