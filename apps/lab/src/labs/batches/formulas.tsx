import type { JSX } from 'preact'
import { Formula, part } from '../../parts/formula.jsx'
import { batching, lit } from './model.js'
import { iterationsOf } from './training.js'

/** The chapter's «1 epoch = D / M iterations», in symbols and numbers. */
export function Epoch(): JSX.Element {
  const { rows, size } = batching.value
  const share = (d: string, m: string): string => `\\frac{${part('rows', d)}}{${part('batch', m)}}`
  const numbers = share(String(rows), String(size))
  const exact = rows % size === 0 ? numbers : `\\left\\lceil ${numbers} \\right\\rceil`
  return (
    <>
      <Formula lit={lit} tex={`1\\;\\text{epoch} = ${share('D', 'M')}\\;\\text{iterations}`} />
      <Formula lit={lit} tex={`${exact} = ${iterationsOf({ rows, size })}`} />
    </>
  )
}

/** What a batch's gradient is, and how far it strays from that of all rows. */
export function Jitter(): JSX.Element {
  const g = part('gradient', '\\mathbf g_B')
  return (
    <>
      <Formula
        lit={lit}
        tex={`${g} = \\frac{1}{${part('batch', 'M')}} \\sum_{i \\in ${part('batch', 'B')}} \\nabla \\mathscr L_i(\\mathbf w)`}
      />
      <Formula
        lit={lit}
        tex={`${part('jitter', `\\frac{|${g} - \\nabla \\mathscr L|}{|\\nabla \\mathscr L|}`)} \\;\\propto\\; \\frac{1}{\\sqrt{${part('batch', 'M')}}}`}
      />
    </>
  )
}
