import { symbol, symbolCircle, symbolCross, symbolDiamond, symbolSquare, symbolTriangle, symbolWye } from 'd3-shape'

const SHAPES = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond, symbolCross, symbolWye]
const COLOURS = 5

/** The colour's class of a class: blue, orange, then a series that colour-blind eyes tell apart. */
export const colourOf = (c: number): string => `own-c${c % COLOURS}`

/** The shape of a class's marks: classes differ in it as well, thirty of them in colour or shape. */
export function shapeOf(c: number, radius: number): string {
  const shape = SHAPES[c % SHAPES.length]
  // Of one area, shapes with points are wider than a circle.
  const share = shape === symbolCircle || shape === symbolSquare ? 3 : 2.1
  return symbol(shape, share * radius * radius)() ?? ''
}
