import { randomNormal, randomUniform, sizeOf } from '@neurite/core'
import { initializer, type Initializer } from './initializer.js'

/** How many inputs a unit sums, and how many units an input feeds. */
export interface Fans {
  readonly fanIn: number
  readonly fanOut: number
}

/**
 * The fans of a weight: [in, out] of a dense layer, [height, width, in, out] of a convolution, where each of the
 * height * width places of the filter counts.
 *
 * @example
 * ```ts
 * import { fansOf } from '@neurite/nn/initializers'
 * fansOf([3, 3, 16, 32]) // => { fanIn: 144, fanOut: 288 }
 * ```
 */
export function fansOf(shape: readonly number[]): Fans {
  const places = sizeOf(shape.slice(0, -2))
  const out = shape.at(-1) ?? 1
  return { fanIn: places * (shape.at(-2) ?? out), fanOut: places * out }
}

/** Zero mean, and the variance that a paper asks for given the fans. */
function scaled(kind: string, distribution: 'uniform' | 'normal', variance: (fans: Fans) => number): Initializer {
  return initializer({ kind }, (shape, key, options) => {
    const standardDeviation = Math.sqrt(variance(fansOf(shape)))
    if (distribution === 'normal') return randomNormal(key, shape, { standardDeviation, ...options })
    // The variance of a uniform distribution on ±limit is limit^2 / 3.
    const limit = Math.sqrt(3) * standardDeviation
    return randomUniform(key, shape, { minimum: -limit, maximum: limit, ...options })
  })
}

const glorot = ({ fanIn, fanOut }: Fans): number => 2 / Math.max(1, fanIn + fanOut)
const he = ({ fanIn }: Fans): number => 2 / Math.max(1, fanIn)
const lecun = ({ fanIn }: Fans): number => 1 / Math.max(1, fanIn)

/**
 * Variance 2 / (fanIn + fanOut), uniform: for tanh, sigmoid and softmax. Also called Xavier (Glorot & Bengio 2010, eq. 16).
 *
 * @example
 * ```ts
 * import { abs, key, max } from '@neurite/core'
 * import { glorotUniform } from '@neurite/nn/initializers'
 * const w = glorotUniform([100, 50], key(0)) // uniform on ±sqrt(6 / 150) = ±0.2
 * const largest = await max(abs(w)).item()
 * largest < 0.2 // => true
 * ```
 */
export const glorotUniform: Initializer = /* @__PURE__ */ scaled('glorotUniform', 'uniform', glorot)

/** Variance 2 / (fanIn + fanOut), normal. Also called Xavier (Glorot & Bengio 2010, eq. 12). */
export const glorotNormal: Initializer = /* @__PURE__ */ scaled('glorotNormal', 'normal', glorot)

/** Variance 2 / fanIn, uniform: for relu and its kin. Also called Kaiming (He, Zhang, Ren, Sun 2015, eq. 10). */
export const heUniform: Initializer = /* @__PURE__ */ scaled('heUniform', 'uniform', he)

/** Variance 2 / fanIn, normal (not truncated): for relu and its kin. Also called Kaiming (He, Zhang, Ren, Sun 2015, eq. 10). */
export const heNormal: Initializer = /* @__PURE__ */ scaled('heNormal', 'normal', he)

/** Variance 1 / fanIn, uniform (LeCun, Bottou, Orr, Müller 1998, "Efficient BackProp", eq. 16). */
export const lecunUniform: Initializer = /* @__PURE__ */ scaled('lecunUniform', 'uniform', lecun)

/** Variance 1 / fanIn, normal (not truncated): what selu needs to normalize itself (Klambauer et al. 2017). */
export const lecunNormal: Initializer = /* @__PURE__ */ scaled('lecunNormal', 'normal', lecun)
