import { tensor, type Backend, type Tree } from '@neurite/core'
import type { LabeledPoints } from '@neurite/datasets'
import { forwardOf, type Layer } from '@neurite/nn'
import { element } from './page.js'

/** Of the plane that is drawn, and how many points of it are asked for. */
const [LEFT, RIGHT, BOTTOM, TOP] = [-1.5, 2.5, -1, 1.5] as const
const [COLUMNS, ROWS] = [64, 40] as const

const GRID = Float32Array.from({ length: 2 * COLUMNS * ROWS }, (_, k) => {
  const cell = k >> 1
  return k % 2 === 0
    ? LEFT + (((cell % COLUMNS) + 0.5) / COLUMNS) * (RIGHT - LEFT)
    : TOP - ((Math.floor(cell / COLUMNS) + 0.5) / ROWS) * (TOP - BOTTOM)
})

/** What the network says of the plane, and the points that it learns from. */
export async function drawBoundary(
  model: Layer,
  params: Tree,
  state: Tree,
  points: LabeledPoints,
  backend: Backend,
): Promise<void> {
  const x = tensor(GRID, { shape: [COLUMNS * ROWS, 2], backend })
  const scores = forwardOf(model)(params, state, x)
  const values = await scores.data()
  x.dispose()
  scores.dispose()
  const canvas = element('picture')
  if (!(canvas instanceof HTMLCanvasElement)) throw new Error('#picture is no canvas')
  const context = canvas.getContext('2d')!
  const { width, height } = canvas
  const cells = context.createImageData(COLUMNS, ROWS)
  for (let cell = 0; cell < COLUMNS * ROWS; cell++) {
    const score = Number(values[cell])
    // The more certain, the stronger: a score is the logarithm of the odds.
    const strength = Math.min(150, 40 * Math.abs(score))
    cells.data.set(score > 0 ? [214, 120, 30, strength] : [40, 110, 200, strength], 4 * cell)
  }
  const small = new OffscreenCanvas(COLUMNS, ROWS)
  small.getContext('2d')!.putImageData(cells, 0, 0)
  context.clearRect(0, 0, width, height)
  context.drawImage(small, 0, 0, width, height)
  const style = getComputedStyle(canvas)
  points.y.data.forEach((label, i) => {
    const px = ((points.x.data[2 * i]! - LEFT) / (RIGHT - LEFT)) * width
    const py = ((TOP - points.x.data[2 * i + 1]!) / (TOP - BOTTOM)) * height
    context.beginPath()
    if (label === 0) context.arc(px, py, 6, 0, 2 * Math.PI)
    else context.rect(px - 5, py - 5, 10, 10)
    context.fillStyle = label === 0 ? '#286ec8' : '#d6781e'
    context.fill()
    context.lineWidth = 1.5
    context.strokeStyle = style.backgroundColor
    context.stroke()
  })
}
