import type { RacerId } from './racers.js'

/** The loss that counts as learned on the network. */
export const GOAL = 0.1
export const STEPS = 240

export function rateOnNetwork(racer: RacerId): number {
  switch (racer) {
    case 'rmsprop':
    case 'adam':
      return 0.02
    case 'momentum':
      return 0.1
    default:
      return 0.3
  }
}

/** The data: two moons. */
export const moonsOfLab = { points: 60, noise: 0.12, seed: 2 } as const
/** What is seen of the plane: left, right, bottom, top. */
export const BOX = [-1.6, 2.6, -1.85, 2.35] as const
/** Cells of a picture's side, and steps from one picture to the next. */
export const SIDE = 24
export const EVERY = 5
