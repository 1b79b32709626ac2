import type { DType, TypedArray } from '@neurite/core'
import { ARRAYS } from './program/emit-program.js'
import { numberText } from './text.js'

/** As many numbers are written in digits, for people; more are base64, which is half as long. */
const FEW = 64

/** How a DataView reads each dtype. */
const READ: Readonly<Record<DType, string>> = {
  float32: 'getFloat32',
  float64: 'getFloat64',
  int32: 'getInt32',
  bool: 'getUint8',
}

/** Numbers by the name of their array. */
export type Arrays = ReadonlyMap<string, { readonly dtype: DType; readonly data: TypedArray }>

/** Arrays of numbers as declarations: in digits where there are few, else as one text for each dtype, little-endian. */
export function arraysText(arrays: Arrays): string {
  const total = [...arrays.values()].reduce((sum, { data }) => sum + data.length, 0)
  const lines: string[] = []
  if (total <= FEW) {
    for (const [name, { dtype, data }] of arrays) {
      const numbers = Array.from(data, (value) => (dtype === 'float32' ? shortest(value) : numberText(value)))
      lines.push(`const ${name} = ${ARRAYS[dtype]}.of(${numbers.join(', ')})`)
    }
    return lines.join('\n')
  }
  lines.push('const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer)')
  for (const dtype of Object.keys(ARRAYS) as DType[]) {
    const own = [...arrays].filter(([, array]) => array.dtype === dtype)
    if (own.length === 0) continue
    const data = own.flatMap(([, array]) => [array.data])
    const size = data[0]!.BYTES_PER_ELEMENT
    const length = data.reduce((sum, part) => sum + part.length, 0)
    lines.push(`const ${dtype}Bytes = bytes('${base64(data)}')`)
    const at = size === 1 ? 'i' : `${size} * i, true`
    lines.push(
      `const ${dtype} = ${ARRAYS[dtype]}.from({ length: ${length} }, (_, i) => ${dtype}Bytes.${READ[dtype]}(${at}))`,
    )
    let start = 0
    for (const [name, array] of own) {
      lines.push(`const ${name} = ${dtype}.subarray(${start}, ${(start += array.data.length)})`)
    }
  }
  return lines.join('\n')
}

/** The fewest digits that are this number in float32. */
function shortest(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const near = Number(value.toPrecision(digits))
    if (Object.is(Math.fround(near), value)) return numberText(near)
  }
  return numberText(value)
}

/** Little-endian. */
export function base64(parts: readonly TypedArray[]): string {
  let binary = ''
  for (const part of parts) {
    const view = new DataView(new ArrayBuffer(part.byteLength))
    const size = part.BYTES_PER_ELEMENT
    part.forEach((value, i) => {
      if (part instanceof Float32Array) view.setFloat32(i * size, value, true)
      else if (part instanceof Float64Array) view.setFloat64(i * size, value, true)
      else if (part instanceof Int32Array) view.setInt32(i * size, value, true)
      else view.setUint8(i, value)
    })
    const bytes = new Uint8Array(view.buffer)
    // As many arguments as any engine takes.
    for (let i = 0; i < bytes.length; i += 0x2000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x2000))
  }
  return btoa(binary)
}
