import { oneOf, optional, or, whole, aString } from '@neurite/core/arguments'

/**
 * Colours of a drawing. `light` and `dark` paint their own ground, so that the picture reads wherever it is put; `inherit` has no
 * ground and takes the text colour of the page that the SVG stands in.
 */
export type Theme = 'light' | 'dark' | 'inherit'

/** What is drawn in which colour. */
export interface Colors {
  /** Undefined for none. */
  readonly ground: string | undefined
  readonly ink: string
  /** What is read second: captions. */
  readonly soft: string
  /** Lines that nobody reads. */
  readonly line: string
  /** The way back: gradients. */
  readonly back: string
  /** Signs of weights: blue and orange, which the colour-blind tell apart (Okabe & Ito 2008). */
  readonly positive: string
  readonly negative: string
}

// Every colour of a text has a contrast of at least 4.5 to its ground (WCAG 2.2, 1.4.3), that of a line of at least 3 (1.4.11).
export const COLORS: Readonly<Record<Theme, Colors>> = {
  light: {
    ground: '#ffffff',
    ink: '#1b1f24',
    soft: '#57606a',
    line: '#7d8590',
    back: '#b0304a',
    positive: '#1a6db3',
    negative: '#a85400',
  },
  dark: {
    ground: '#15181d',
    ink: '#e8eaed',
    soft: '#a4adb8',
    line: '#7d8590',
    back: '#ff8fa3',
    positive: '#6cb4f5',
    negative: '#f2a35c',
  },
  inherit: {
    ground: undefined,
    ink: 'currentColor',
    soft: 'currentColor',
    line: 'currentColor',
    back: '#d9506a',
    positive: '#2f87c9',
    negative: '#d9701a',
  },
}

/** Options that every drawing takes. */
export interface DrawingOptions {
  /** Default 'light'. */
  readonly theme?: Theme
  /** CSS pixels that the picture is laid out for, at least 320: 390 for a phone, 1280 for a desktop. Default 720. */
  readonly width?: number
  /** Read out instead of the picture. Default: what it shows, in a sentence. */
  readonly title?: string
}

export const drawingReaders = {
  theme: /* @__PURE__ */ or('light', /* @__PURE__ */ oneOf('light', 'dark', 'inherit')),
  width: /* @__PURE__ */ or(720, /* @__PURE__ */ whole(320)),
  title: /* @__PURE__ */ optional(aString),
}
