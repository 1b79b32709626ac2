import { cpu } from '@neurite/backend-cpu'
import { tensor, type Backend, type Program, type Tensor } from '@neurite/core'

/** A cpu backend that keeps the programs it compiles. */
export function counting(): { backend: Backend; programs: Program[] } {
  const backend: Backend = cpu()
  const programs: Program[] = []
  const compileProgram = backend.compile.bind(backend)
  return { backend: { ...backend, compile: (program) => (programs.push(program), compileProgram(program)) }, programs }
}

/** A cpu backend that notes the shape of all that its kernels compute; literals are no work. */
export function shaping(): { backend: Backend; shapes: number[][] } {
  const backend: Backend = cpu()
  const shapes: number[][] = []
  const noted =
    (kernel: (...args: never[]) => object) =>
    (operands: never, params: never, output: { readonly shape?: readonly number[] }): object => {
      if (output.shape) shapes.push([...output.shape])
      return kernel(operands, params, output as never)
    }
  const kernels = Object.entries(backend.kernels).map(([name, kernel]) => [
    name,
    name === 'full' ? kernel : noted(kernel as never),
  ])
  return { backend: { ...backend, kernels: Object.fromEntries(kernels) as Backend['kernels'] }, shapes }
}

/** A cpu backend without float64. */
export function single(): Backend {
  const backend: Backend = cpu()
  return { ...backend, capabilities: { ...backend.capabilities, dtypes: ['float32', 'int32', 'bool'] } }
}

export const float64 = (data: number | number[], backend?: Backend): Tensor =>
  tensor(data, { dtype: 'float64', ...(backend && { backend }) })

export const int32 = (value: number, backend?: Backend): Tensor =>
  tensor(value, { dtype: 'int32', ...(backend && { backend }) })

export const numbers = (x: Tensor): number[] => [...x.dataSync()]
