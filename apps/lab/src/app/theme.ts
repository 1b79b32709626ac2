import { effect, signal } from '@preact/signals'

export const THEMES = ['auto', 'light', 'dark'] as const
export type ThemeChoice = (typeof THEMES)[number]

const KEY = 'neurite-lab-theme'

function remembered(): ThemeChoice {
  try {
    const saved = localStorage.getItem(KEY)
    return THEMES.find((known) => known === saved) ?? 'auto'
  } catch {
    return 'auto' // storage may be forbidden; the device then decides
  }
}

/** What the reader chose. */
export const themeChoice = signal<ThemeChoice>(remembered())

const device = matchMedia('(prefers-color-scheme: dark)')
const deviceDark = signal(device.matches)
device.addEventListener('change', (event) => {
  deviceDark.value = event.matches
})

/** Light or dark, now. Canvases that read it draw again when it changes. */
export const theme = signal<'light' | 'dark'>('light')

export function applyTheme(): void {
  effect(() => {
    const choice = themeChoice.value
    theme.value = choice === 'auto' ? (deviceDark.value ? 'dark' : 'light') : choice
    document.documentElement.dataset['theme'] = theme.value
    try {
      localStorage.setItem(KEY, choice)
    } catch {
      // Not remembered, then.
    }
  })
}

/** Whether things may move. */
export const calm = matchMedia('(prefers-reduced-motion: reduce)')
