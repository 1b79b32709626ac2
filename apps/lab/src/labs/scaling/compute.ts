import { broadcastTo, matmul, maximum, mean, mul, sqrt, standardDeviation, sub, tidy } from '@neurite/core'
import { heightWeight } from '@neurite/datasets'
import { mse } from '@neurite/losses'
import { contours } from 'd3-contour'
import { PEOPLE, type Scaling } from './names.js'
import { type Bowl, bowlOf, type Descent, descend, onHost, type Problem, problemOf, read } from './descent.js'

/** Where the last person was dragged: height and weight; undefined as in the data. */
export interface Dragged {
  readonly outlier: readonly number[] | undefined
}

/** One way to scale the features, and the loss over both weights. */
export interface Scaled {
  /** Height and weight of each person, as the model sees them. */
  readonly rows: readonly (readonly number[])[]
  readonly best: readonly number[]
  /** How long the valley is for its width, squared. */
  readonly condition: number
  /** Half the height of the picture of the loss, around the best weights. */
  readonly reach: number
  /** Lines of equal loss, in cells of a grid. */
  readonly lines: readonly string[]
  readonly grid: readonly [columns: number, rows: number]
  /** How wide all others lie, as a share of how wide they would without the last person: of heights and of weights. */
  readonly kept: readonly number[]
}

/** What descent does with one way of scaling. */
export interface Run extends Descent {
  readonly rate: number
}

const ROWS = 44
const LINES = 9

interface People {
  readonly people: readonly (readonly number[])[]
  readonly surfaces: readonly number[]
}

function peopleOf({ outlier }: Dragged): People {
  const { height_cm, weight_kg, surface_m2 } = heightWeight({ people: PEOPLE, seed: 0 })
  const people = Array.from(height_cm, (height, i) => [height, weight_kg[i]!])
  const surfaces = Array.from(surface_m2)
  if (outlier !== undefined) {
    const [height = 0, weight = 0] = outlier
    people[PEOPLE - 1] = [height, weight]
    // Mosteller's formula, as the data set does for everyone.
    surfaces[PEOPLE - 1] = read(sqrt(mul(onHost([height], [1]), weight / 3600)))[0]!
  }
  return { people, surfaces }
}

const each = <T>(of: (scaling: Scaling) => T): Readonly<Record<Scaling, T>> => ({
  raw: of('raw'),
  minmax: of('minmax'),
  zscore: of('zscore'),
})

/**
 * The same people and the same model, scaled in three ways.
 *
 * @param request - `aspect`: width over height of the pictures
 */
export function scaled(request: Dragged & { readonly aspect: number }): Readonly<Record<Scaling, Scaled>> {
  return tidy(() => {
    const { people, surfaces } = peopleOf(request)
    return each((scaling) => {
      const problem = problemOf(scaling, people, surfaces)
      const bowl = bowlOf(problem)
      return {
        rows: problem.rows,
        best: bowl.bestWeights,
        condition: bowl.condition,
        kept: keptBy(scaling, people, surfaces, problem),
        ...picture(problem, bowl, request.aspect),
      }
    })
  })
}

/**
 * Gradient descent on each.
 *
 * @param request - `share`: the learning rate, as a share of the largest with which descent does not diverge
 */
export function descents(request: Dragged & { readonly share: number }): Readonly<Record<Scaling, Run>> {
  return tidy(() => {
    const { people, surfaces } = peopleOf(request)
    return each((scaling) => {
      const problem = problemOf(scaling, people, surfaces)
      const bowl = bowlOf(problem)
      const rate = request.share * bowl.stable
      return { rate, ...descend(problem, bowl, rate) }
    })
  })
}

/** How wide the others lie with the outlier among them, over how wide without it. */
function keptBy(
  name: Scaling,
  people: readonly (readonly number[])[],
  surfaces: readonly number[],
  { rows }: Problem,
): readonly number[] {
  const alone = problemOf(name, people.slice(0, -1), surfaces.slice(0, -1))
  const widths = (of: readonly (readonly number[])[]): readonly number[] =>
    read(standardDeviation(onHost(of.flat(), [of.length, 2]), { axes: [0] }))
  const [now, before] = [widths(rows.slice(0, -1)), widths(alone.rows)]
  return now.map((width, i) => width / before[i]!)
}

/** Lines of equal loss over both weights, around the best. As many units to the pixel on both axes: a round bowl looks round. */
function picture(
  { x, y }: Problem,
  { best, bestWeights: [b1 = 0, b2 = 0] }: Bowl,
  aspect: number,
): Pick<Scaled, 'reach' | 'lines' | 'grid'> {
  const reach = 1.3 * Math.hypot(b1, b2)
  const columns = Math.round(ROWS * aspect)
  const cell = (2 * reach) / ROWS
  const at = (k: number, count: number): number => (k + 0.5 - count / 2) * cell
  const weights = onHost(
    [
      ...Array.from({ length: columns * ROWS }, (_, k) => b1 + at(k % columns, columns)),
      ...Array.from({ length: columns * ROWS }, (_, k) => b2 - at(Math.floor(k / columns), ROWS)),
    ],
    [2, columns * ROWS],
  )
  const answers = matmul(x, weights)
  const losses = mean(mse({ reduction: 'none' })(answers, broadcastTo(y, answers.shape)), { axes: [0] })
  const least = mse(matmul(x, best), y)
  // The root of what the loss has above its least is a cone: its lines are as far apart everywhere.
  const heights = read(sqrt(maximum(sub(losses, least), 0)))
  const top = Math.max(...heights)
  const found = contours()
    .size([columns, ROWS])
    .thresholds(Array.from({ length: LINES }, (_, i) => ((i + 0.6) * top) / LINES))([...heights])
  return { reach, grid: [columns, ROWS], lines: found.map(({ coordinates }) => pathOf(coordinates)) }
}

/** An SVG path; a tenth of a cell is fine enough. */
function pathOf(polygons: readonly (readonly (readonly number[])[])[][]): string {
  return polygons
    .flat()
    .map((ring) => `M${ring.map(([px = 0, py = 0]) => `${px.toFixed(1)} ${py.toFixed(1)}`).join('L')}Z`)
    .join('')
}
