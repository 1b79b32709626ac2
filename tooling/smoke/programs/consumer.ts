import { cpu } from '@neurite/backend-cpu'
import { grad, setDefaultBackend, square, sum, tensor, type Backend, type Tensor } from '@neurite/core'

const backend: Backend = cpu()
setDefaultBackend(backend)
export const gradient: Tensor = grad((x: Tensor) => sum(square(x)))(tensor([1, 2, 3]))
