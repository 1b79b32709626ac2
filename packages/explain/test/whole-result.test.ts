import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'
import { mse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { expect, test } from 'vitest'
import { collapseLinear, gradientFlow, networkGraph, traceBackprop } from '../src/index.js'

setDefaultBackend(cpu())

test('all that init or fit returned, given for params, says how', async () => {
  const model = sequential([dense(1)])
  const whole = model.init({ inputShape: [1] }) as never
  const batch = { x: [[0], [1]], y: [[0], [1]] }
  const error = {
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining('give its params: result.params') as string,
  }
  await expect(networkGraph(model, whole)).rejects.toMatchObject(error)
  await expect(gradientFlow(model, whole, batch, mse)).rejects.toMatchObject(error)
  await expect(collapseLinear(model, whole)).rejects.toMatchObject(error)
  await expect(traceBackprop({ model, loss: mse }, { params: whole, ...batch })).rejects.toMatchObject(error)
})
