import { computed } from '@preact/signals'
import type { JSX } from 'preact'
import { useMemo, useRef } from 'preact/hooks'
import { short } from '../../i18n/format.js'
import { draggable } from '../../parts/drag.js'
import { useSize, type Size } from '../../parts/size.js'
import { Cells, type Cell, type Fate } from './cells.jsx'
import { blocksOf, gridOf, type Box } from './layout.js'
import { say } from './messages.js'
import { batchesNow, lit, now, size, traced } from './model.js'
import { state } from './state.js'
import './stage.css'
import { Trace } from './trace.jsx'
import { iterationsOf, lastOf } from './training.js'

/** All rows, the epoch's batches, and the loss of every batch. */
export function Stage(): JSX.Element {
  const { ref, size: pixels } = useSize<SVGSVGElement>()
  const { width, height } = pixels.value
  const known = traced.value
  return (
    <svg class="batches" ref={ref} role="group" aria-label={summary()} data-lit={lit.value ?? ''}>
      {width > 0 && known !== undefined && (
        <>
          <Rows {...boxesOf(pixels.value)} />
          <Trace box={boxesOf(pixels.value).trace} known={known} />
        </>
      )}
      {height > 0 && <Captions size={pixels.value} />}
    </svg>
  )
}

const CAPTION = 24
/** Of dragging, for one row more. */
const PIXELS = 6

interface Boxes {
  readonly data: Box
  readonly epoch: Box
  readonly trace: Box
}

/** The rows left, the batches right, the losses below. */
function boxesOf({ width, height }: Size): Boxes {
  const upper = 0.58 * height
  const half = Math.floor(0.44 * (width - 24))
  const tall = upper - CAPTION - 12
  return {
    data: { x: 2, y: CAPTION, width: half, height: tall },
    epoch: { x: half + 28, y: CAPTION, width: width - half - 34, height: tall },
    trace: { x: 44, y: upper + CAPTION, width: width - 56, height: height - upper - CAPTION - 40 },
  }
}

function Captions({ size }: { readonly size: Size }): JSX.Element {
  const { data, epoch, trace } = boxesOf(size)
  const batching = traced.value?.batching
  if (batching === undefined) return <g />
  const each = iterationsOf(batching)
  return (
    <g class="captions">
      <text x={data.x} y={14}>
        {say('stage.data', { d: batching.rows })}
      </text>
      <text x={epoch.x} y={14}>
        {say('stage.epoch', { k: each })}
      </text>
      <text x={trace.x} y={trace.y - 10}>
        {say('stage.trace')}
      </text>
    </g>
  )
}

function Rows({ data, epoch }: Boxes): JSX.Element {
  const { batching, labels } = traced.value!
  const grid = useMemo(() => gridOf(batching.rows, data), [batching, data.width, data.height])
  const blocks = useMemo(() => {
    const each = iterationsOf(batching)
    const sizes = Array.from({ length: each }, (_, b) => (b === each - 1 ? lastOf(batching) : batching.size))
    return blocksOf(sizes, epoch)
  }, [batching, epoch.width, epoch.height, epoch.x])
  // The rows of the epoch where they stand, and where they are read.
  const { inData, inEpoch, frame, batch } = useMemo(() => {
    const fates = computed(() => {
      const found = new Array<Fate>(batching.rows).fill('todo')
      const { batch } = now.value
      batchesNow.value.forEach((rows, b) => {
        if (b <= batch) for (const row of rows) found[row] = 'done'
      })
      for (const row of batchesNow.value[batch] ?? []) found[row] = 'now'
      return found
    })
    const fateOf = (b: number): Fate => (b < now.value.batch ? 'done' : b === now.value.batch ? 'now' : 'todo')
    return {
      inData: computed(() =>
        grid.places.map((at, row): Cell => ({ at, label: labels[row]!, fate: fates.value[row]! })),
      ),
      inEpoch: computed(() =>
        blocks.blocks.flatMap(({ places }, b) =>
          places.map((at, i): Cell => ({ at, label: labels[batchesNow.value[b]?.[i] ?? 0]!, fate: fateOf(b) })),
        ),
      ),
      frame: computed(() => frameOf(blocks.blocks[now.value.batch]?.frame)),
      batch: computed(() => (now.value.batch < 0 ? '' : `${now.value.batch + 1}`)),
    }
  }, [grid, blocks, labels])
  return (
    <>
      <Cells cells={inData} side={grid.side} />
      <Cells cells={inEpoch} side={blocks.side} />
      <path class="batch-frame" d={frame} data-batch={batch} />
      <SizeHandle frame={blocks.blocks[0]!.frame} />
    </>
  )
}

/** At the end of the first batch: drawn to the right it takes more rows. */
function SizeHandle({ frame }: { readonly frame: Box }): JSX.Element {
  const from = useRef<{ readonly x: number; readonly m: number } | undefined>(undefined)
  const set = (m: number): void => {
    size.value = Math.max(1, Math.min(state.at.d.peek(), Math.round(m)))
  }
  const events = draggable(
    (x) => {
      from.current ??= { x, m: size.peek() }
      set(from.current.m + (x - from.current.x) / PIXELS)
    },
    (dx, dy) => set(size.peek() + dx + dy),
  )
  return (
    <g
      class="size-handle"
      transform={`translate(${frame.x + frame.width + 5} ${frame.y + frame.height / 2})`}
      tabindex={0}
      role="slider"
      aria-label={say('label.m')}
      aria-valuemin={1}
      aria-valuemax={state.at.d.value}
      aria-valuenow={size.value}
      {...events}
      onPointerUp={(event) => {
        from.current = undefined
        events.onPointerUp(event)
      }}
    >
      <circle class="size-hit" r="14" />
      <circle class="size-seen" r="6" />
    </g>
  )
}

function frameOf(box: Box | undefined): string {
  if (box === undefined) return ''
  const [x, y, width, height] = [box.x - 2, box.y - 2, box.width + 4, box.height + 4]
  return `M${x} ${y}h${width}v${height}h${-width}z`
}

export function summary(): string {
  const known = traced.value
  if (known === undefined) return ''
  const { batching, epochs } = known
  return say('summary', {
    d: batching.rows,
    m: batching.size,
    k: iterationsOf(batching),
    last: lastOf(batching),
    loss: short(epochs.at(-1)?.mean ?? NaN),
    deviation: short(epochs.at(-1)?.deviation ?? NaN),
  })
}
