export const DATA = ['moons', 'circles', 'spirals'] as const
export type DataName = (typeof DATA)[number]
