import { compound, exact, inexact, type Emitter, type Expression } from './emitter.js'

type Write = Extract<Emitter, { kind: 'elementwise' }>['write']

function elementwise(write: Write): { readonly kind: 'elementwise'; readonly write: Write } {
  return { kind: 'elementwise', write }
}

/** A function whose result is to be rounded. */
function rounded(text: (a: string, b: string) => string): ReturnType<typeof elementwise> {
  return elementwise((_, [a, b]) => inexact(text(a!, b!)))
}

/** A function whose result is one of its operands, or a whole number: in floats nothing is rounded. int32 wraps around. */
function kept(text: (a: string, b: string) => Expression): ReturnType<typeof elementwise> {
  return elementwise(({ output }, [a, b]) => {
    const made = text(a!, b!)
    return output.dtype === 'int32' ? compound(`${made.text} | 0`) : made
  })
}

/** Floats do what JavaScript does, int32 wraps around. */
function byDType(
  float: (a: string, b: string) => string,
  int32: (a: string, b: string) => Expression = (a, b) => compound(`(${float(a, b)}) | 0`),
): ReturnType<typeof elementwise> {
  return elementwise(({ output }, [a, b]) => (output.dtype === 'int32' ? int32(a!, b!) : inexact(float(a!, b!))))
}

/** True or false, which count as 1 and 0. */
function bool(text: (a: string, b: string) => string): ReturnType<typeof elementwise> {
  return elementwise((_, [a, b]) => compound(text(a!, b!)))
}

/** Element by element, in the words of the language; its rounding to float32 is up to who reads the result. */
export const ELEMENTWISE_EMITTERS = {
  neg: kept((a) => compound(`-${a}`)),
  abs: kept((a) => exact(`Math.abs(${a})`)),
  sign: kept((a) => exact(`Math.sign(${a})`)),
  floor: kept((a) => exact(`Math.floor(${a})`)),
  relu: kept((a) => exact(`Math.max(${a}, 0)`)),
  maximum: kept((a, b) => exact(`Math.max(${a}, ${b})`)),
  minimum: kept((a, b) => exact(`Math.min(${a}, ${b})`)),
  exp: rounded((a) => `Math.exp(${a})`),
  expm1: rounded((a) => `Math.expm1(${a})`),
  log: rounded((a) => `Math.log(${a})`),
  log1p: rounded((a) => `Math.log1p(${a})`),
  sqrt: rounded((a) => `Math.sqrt(${a})`),
  sin: rounded((a) => `Math.sin(${a})`),
  cos: rounded((a) => `Math.cos(${a})`),
  tanh: rounded((a) => `Math.tanh(${a})`),
  // e^-a may be Infinity: the quotient is 0 then, as it should be.
  sigmoid: rounded((a) => `1 / (1 + Math.exp(-${a}))`),
  erf: elementwise(({ help }, [a]) => inexact(`${help('erf')}(${a})`)),
  erfc: elementwise(({ help }, [a]) => inexact(`${help('erfc')}(${a})`)),
  add: byDType((a, b) => `${a} + ${b}`),
  sub: byDType((a, b) => `${a} - ${b}`),
  mul: byDType(
    (a, b) => `${a} * ${b}`,
    (a, b) => exact(`Math.imul(${a}, ${b})`),
  ),
  // Toward zero; what is divided by 0 is 0.
  div: byDType((a, b) => `${a} / ${b}`),
  pow: elementwise(({ help, output }, [a, b]) =>
    output.dtype === 'int32' ? exact(`${help('intPower')}(${a}, ${b})`) : inexact(`Math.pow(${a}, ${b})`),
  ),
  equal: elementwise(({ inputs: [a] }, [x, y]) => compound(a!.dtype === 'bool' ? `!${x} === !${y}` : `${x} === ${y}`)),
  less: bool((a, b) => `${a} < ${b}`),
  lessEqual: bool((a, b) => `${a} <= ${b}`),
  logicalAnd: bool((a, b) => `${a} && ${b}`),
  logicalOr: bool((a, b) => `${a} || ${b}`),
  logicalNot: bool((a) => `!${a}`),
  where: elementwise((_, [condition, a, b]) => compound(`${condition} ? ${a} : ${b}`)),
  cast: elementwise(({ help, inputs: [from], output: { dtype } }, [a]) => {
    if (dtype === 'bool') return from!.dtype === 'bool' ? exact(a!) : compound(`${a} !== 0`)
    if (from!.dtype === 'bool') return compound(`+${a}`)
    if (dtype === 'int32' && from!.dtype !== 'int32') return exact(`${help('toInt')}(${a})`)
    return dtype === 'float32' && from!.dtype !== 'float32' ? inexact(a!) : exact(a!)
  }),
} as const
