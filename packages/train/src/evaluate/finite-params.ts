import {
  all,
  disposeTree,
  flattenTree,
  isFinite as isFiniteTensor,
  isTensor,
  leafPaths,
  NeuriteError,
  tidy,
  type Tensor,
  type Tree,
} from '@neurite/core'

/** Params, and running statistics where there are any. */
export interface Trees {
  readonly params: Tree
  readonly state: Tree | undefined
}

/** A tensor that was not looked at yet; `verdict` will say whether all of it is finite. */
interface Doubt {
  readonly tensor: Tensor
  readonly path: string
  readonly verdict: Tensor
}

/** Tensors never change, so each is looked at once, however often a model answers. */
const finite = new WeakSet<Tensor>()

/**
 * Refuses params and statistics that hold NaN or Infinity: what a model makes of them is no answer, and may not show it.
 *
 * @throws NeuriteError `NON_FINITE` naming the first
 */
export async function checkFiniteParams(where: string, trees: Trees): Promise<void> {
  const doubts = doubtsIn(trees)
  try {
    for (const doubt of doubts) settle(where, doubt, await doubt.verdict.item())
  } finally {
    disposeTree(doubts.map(({ verdict }) => verdict))
  }
}

/** As {@link checkFiniteParams}, at once, on a backend that can. */
export function checkFiniteParamsSync(where: string, trees: Trees): void {
  const doubts = doubtsIn(trees)
  try {
    for (const doubt of doubts) settle(where, doubt, doubt.verdict.dataSync()[0]!)
  } finally {
    disposeTree(doubts.map(({ verdict }) => verdict))
  }
}

function doubtsIn(trees: Trees): Doubt[] {
  const leaves: unknown[] = []
  const paths = leafPaths(flattenTree(trees, leaves))
  const fresh = leaves.flatMap((leaf, i) => (isDoubtful(leaf) ? [{ tensor: leaf, path: paths[i]! }] : []))
  const verdicts = tidy(() => fresh.map(({ tensor }) => all(isFiniteTensor(tensor))))
  return fresh.map((each, i) => ({ ...each, verdict: verdicts[i]! }))
}

function isDoubtful(leaf: unknown): leaf is Tensor {
  return isTensor(leaf) && (leaf.dtype === 'float32' || leaf.dtype === 'float64') && !finite.has(leaf)
}

function settle(where: string, { tensor, path }: Doubt, verdict: number): void {
  if (verdict === 0)
    throw new NeuriteError(
      'NON_FINITE',
      `${where}: ${path} holds NaN or Infinity, so that the model has no answers; take params of a training that went well.`,
      { path },
    )
  finite.add(tensor)
}
