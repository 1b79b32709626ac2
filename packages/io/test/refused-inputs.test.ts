import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'
import { standardScaler } from '@neurite/data'
import { dense, embedding, flatten, sequential } from '@neurite/nn'
import { expect, test } from 'vitest'
import { decodeModel, encodeModel } from '../src/index.js'
import { toOnnx } from '../src/onnx/index.js'

setDefaultBackend(cpu())

const model = sequential([embedding(3, 2), flatten(), dense(1)])
const { params, state } = model.init({ inputShape: [2] })

test('a loaded model refuses indices that are none, by row, and so does saving with such examples', async () => {
  const loaded = await decodeModel(
    await encodeModel({
      model,
      params,
      examples: [
        [0, 2],
        [1, 1],
      ],
    }),
  )
  for (const index of [7, -1, 1.5]) {
    const rows = [
      [0, 2],
      [1, index],
    ]
    const error = {
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(
        `row 1 holds ${index}, but the model takes indices: whole numbers from 0 to 2`,
      ) as string,
    }
    await expect(loaded.predict(rows)).rejects.toMatchObject(error)
    await expect(loaded.outputs(rows)).rejects.toMatchObject(error)
    await expect(encodeModel({ model, params, examples: rows })).rejects.toMatchObject(error)
  }
})

test('all that fit or init returned, given for params, says how', async () => {
  const whole = { params, state } as never
  const error = {
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining('give its params: result.params') as string,
  }
  await expect(encodeModel({ model, params: whole, examples: [[0, 1]] })).rejects.toMatchObject(error)
  await expect(toOnnx(model, whole, { inputShape: [2], inputType: 'int32' })).rejects.toMatchObject(error)
})

test('a part of a model that is no such part is refused by its name, before anything is written', async () => {
  const parts = { model, params, examples: [[0, 2]] }
  const others = ['params', 'state', 'preprocessing', 'target', 'labels', 'threshold', 'outputs']
  const names = { model: 'model', examples: 'rows', ...Object.fromEntries(others.map((name) => [name, name])) }
  for (const [name, told] of Object.entries(names))
    for (const wrong of [null, 3.5, 'x', {}, () => 0]) {
      const writing = encodeModel({ ...parts, [name]: wrong })
      const message = expect.stringMatching(new RegExp(`\\b${told}\\b`)) as string
      const coded = expect.objectContaining({ name: 'NeuriteError', message }) as Error
      await expect(writing, `${name}: ${typeof wrong}`).rejects.toEqual(coded)
    }
  for (const unfitted of [{ preprocessing: standardScaler() }, { target: standardScaler() }])
    await expect(encodeModel({ ...parts, ...unfitted } as never)).rejects.toMatchObject({ code: 'NOT_FITTED' })
})
