import { save } from '../../parts/save.js'

/** The stage in pixels: its canvases where they stand, on paper. */
export async function savePicture(name: string, board: HTMLElement): Promise<void> {
  const box = board.getBoundingClientRect()
  const canvas = document.createElement('canvas')
  ;[canvas.width, canvas.height] = [2 * box.width, 2 * box.height]
  const context = canvas.getContext('2d')!
  context.scale(2, 2)
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--paper')
  context.fillRect(0, 0, box.width, box.height)
  for (const part of board.querySelectorAll('canvas')) {
    const { left, top, width, height } = part.getBoundingClientRect()
    context.globalAlpha = Number(getComputedStyle(part).opacity)
    context.drawImage(part, left - box.left, top - box.top, width, height)
  }
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
  if (blob !== null) save(name, blob, 'image/png')
}
