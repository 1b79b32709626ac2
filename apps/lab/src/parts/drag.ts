import type { KeyboardEventHandler, PointerEventHandler, TargetedPointerEvent } from 'preact'

type Move = (x: number, y: number) => void

export interface DragEvents {
  readonly onPointerDown: PointerEventHandler<SVGElement>
  readonly onPointerMove: PointerEventHandler<SVGElement>
  readonly onPointerUp: PointerEventHandler<SVGElement>
  readonly onPointerCancel: PointerEventHandler<SVGElement>
  readonly onKeyDown: KeyboardEventHandler<SVGElement>
}

/**
 * The events of something that is dragged on an SVG stage: `move` gets the pointer's place in the SVG's own pixels, or, from
 * the arrow keys, is called through `nudge` with steps of 1 (5 with Shift).
 */
export function draggable(move: Move, nudge: Move): DragEvents {
  const at = (event: TargetedPointerEvent<SVGElement>): void => {
    const box = (event.currentTarget.ownerSVGElement ?? event.currentTarget).getBoundingClientRect()
    move(event.clientX - box.left, event.clientY - box.top)
  }
  const release = (event: TargetedPointerEvent<SVGElement>): void => {
    event.currentTarget.releasePointerCapture(event.pointerId)
  }
  return {
    onPointerDown(event) {
      event.currentTarget.setPointerCapture(event.pointerId)
      at(event)
    },
    onPointerMove(event) {
      if (event.currentTarget.hasPointerCapture(event.pointerId)) at(event)
    },
    onPointerUp: release,
    onPointerCancel: release,
    onKeyDown(event) {
      const far = event.shiftKey ? 5 : 1
      const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key]
      if (by === undefined) return
      nudge(by[0]! * far, by[1]! * far)
      event.preventDefault()
    },
  }
}
