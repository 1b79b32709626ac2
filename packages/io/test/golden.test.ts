import { cpu } from '@neurite/backend-cpu'
import { isTensor, NeuriteError, setDefaultBackend, tensor } from '@neurite/core'
import { columnTransformer, imputer, minMaxScaler, oneHotEncoder, pipeline, robustScaler, standardScaler, Table } from '@neurite/data' // prettier-ignore
import { activation, batchNorm, conv2d, dense, dropout, embedding, flatten, globalAveragePool2d, layerNorm, maxPool2d, residual, sequential, type Model } from '@neurite/nn' // prettier-ignore
import { describe, expect, test } from 'vitest'
import { decodeModel, encodeModel, fromNpy, fromSafetensors, loadModel, toNpy, toSafetensors, type ModelParts } from '../src/index.js' // prettier-ignore
import { toJavaScript } from '../src/javascript/index.js'
import { fromNpz, toNpz } from '../src/npz/index.js'
import { toOnnx } from '../src/onnx/index.js'

// Whole files and whole messages, kept in golden/: `vitest -u` writes them anew.
setDefaultBackend(cpu())

const golden = async (name: string, text: string): Promise<void> => {
  await expect(text).toMatchFileSnapshot(`golden/${name}`)
}
/** Bytes as one reads them: 32 in a line, with the letters among them. */
const hex = (bytes: Uint8Array): string =>
  Array.from({ length: Math.ceil(bytes.length / 32) }, (_, i) => {
    const part = [...bytes.subarray(32 * i, 32 * i + 32)]
    const letters = part.map((byte) => (byte > 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')
    return `${part.map((byte) => byte.toString(16).padStart(2, '0')).join('')} ${letters}`
  }).join('\n')

/** Params that are the same on every machine: k / 8, in turn. */
const plain = (model: Model, inputShape: readonly number[]) => {
  let k = 0
  const { params, state } = model.init({ inputShape })
  const filled = <T>(part: T): T => {
    if (Array.isArray(part)) return part.map((each: unknown) => filled(each)) as T
    if (isTensor(part))
      return tensor(
        Float32Array.from({ length: part.size }, () => ((k++ * 5) % 16) / 8 - 1),
        { shape: part.shape },
      ) as T
    return Object.fromEntries(
      Object.entries(part as object).map(([name, each]) => [name, filled(each as unknown)]),
    ) as T
  }
  return { model, params: filled(params), state }
}

const people = Table.fromRows([
  { age: 30, city: 'Seoul', income: 2 },
  { age: NaN, city: 'Busan', income: 3 },
  { age: 50, city: 'Seoul', income: 7 },
])
const preprocessing = columnTransformer([
  { columns: ['age', 'income'], use: pipeline([imputer(), standardScaler()]) },
  { columns: 'city', use: oneHotEncoder() },
]).fit(people)
const scaled = minMaxScaler({ clip: true }).fit([[0, 10], [4, 30]]) // prettier-ignore

describe('JavaScript', () => {
  const write = async (name: string, parts: Omit<ModelParts, 'model' | 'params'> & ReturnType<typeof plain>) => {
    const { model, params, ...options } = parts
    const { code, types } = await toJavaScript(model, params, options)
    await golden(`${name}.js.txt`, code)
    await golden(`${name}.d.ts.txt`, types)
  }

  test('of people, with labels', () =>
    write('people', {
      ...plain(sequential([dense(3, { activation: 'relu' }), dropout(0.5), dense(2, { activation: 'softmax' })]), [4]),
      examples: people,
      preprocessing,
      labels: ['no', 'yes'],
    }))
  test('of numbers, with a scaled target and a threshold of one', async () => {
    await write('numbers', {
      ...plain(sequential([dense(2, { activation: 'gelu' }), batchNorm(), dense(2)]), [2]),
      examples: [[1, 2]],
      preprocessing: scaled,
      target: robustScaler().fit([[1, 5], [2, 7], [4, 8]]), // prettier-ignore
    })
    await write('threshold', {
      ...plain(sequential([layerNorm(), dense(1, { activation: 'sigmoid' })]), [3]),
      examples: [[1, 2, 3]],
      labels: ['cold', 'warm'],
      threshold: 0.25,
    })
  })
  test('of images and of indices', async () => {
    await write('images', {
      ...plain(
        sequential([
          conv2d(2, { kernelSize: 2, padding: 'same', activation: 'tanh' }),
          maxPool2d(),
          residual(conv2d(2, { kernelSize: 1 })),
          globalAveragePool2d(),
          dense(1),
        ]),
        [4, 4, 1],
      ),
      examples: { shape: [1, 4, 4, 1], data: new Float32Array(16) },
    })
    await write('indices', {
      ...plain(sequential([embedding(4, 2), flatten(), dense(1)]), [3]),
      examples: [[0, 1, 3]],
    })
  })
})

test('ONNX', async () => {
  const models = {
    dense: plain(
      sequential([dense(2, { activation: 'relu' }), dropout(0.5), dense(1, { activation: 'sigmoid' })]),
      [2],
    ),
    images: plain(
      sequential([conv2d(2, { kernelSize: 2, padding: 'same' }), activation('tanh'), maxPool2d(), flatten(), dense(1)]),
      [4, 4, 1],
    ),
    norms: plain(sequential([layerNorm(), batchNorm(), residual(dense(2)), dense(2, { activation: 'softmax' })]), [2]),
  }
  const texts: string[] = []
  for (const [name, { model, params, state }] of Object.entries(models)) {
    const inputShape = name === 'images' ? [4, 4, 1] : [2]
    texts.push(`${name}\n${hex(await toOnnx(model, params, { inputShape, state }))}`)
  }
  const { model, params } = models.dense
  texts.push(`scaled\n${hex(await toOnnx(model, params, { inputShape: [2], preprocessing: minMaxScaler().fit([[0, 10], [4, 30]]) }))}`) // prettier-ignore
  await golden('onnx.txt', `${texts.join('\n')}\n`)
})

test('arrays', async () => {
  const arrays = {
    ones: tensor([[1, 2], [3, 4]]), // prettier-ignore
    whole: tensor([1, -2, 3], { dtype: 'int32' }),
    yes: tensor([true, false]),
    wide: tensor(0.5, { dtype: 'float64' }),
    none: tensor(new Float32Array(0), { shape: [0, 3] }),
  }
  const texts = [
    ...(await Promise.all(Object.entries(arrays).map(async ([name, x]) => `${name}.npy\n${hex(await toNpy(x))}`))),
    `npz\n${hex(await toNpz({ ones: arrays.ones, whole: arrays.whole }, { compress: false }))}`,
    `safetensors\n${hex(await toSafetensors({ a: arrays.ones, b: [arrays.yes, { c: arrays.wide }] }))}`,
  ]
  await golden('arrays.txt', `${texts.join('\n')}\n`)
})

describe('models', () => {
  const files: Readonly<Record<string, () => Promise<Uint8Array>>> = {
    people: () =>
      encodeModel({
        ...plain(sequential([dense(3, { activation: 'relu' }), dense(2, { activation: 'softmax' })]), [4]),
        ...{ examples: people, preprocessing, labels: ['no', 'yes'] },
      }),
    numbers: () =>
      encodeModel({
        ...plain(sequential([dense(2, { activation: 'tanh' }), batchNorm(), dense(1)]), [2]),
        ...{ examples: [[1, 2], [3, 4]], preprocessing: scaled, target: standardScaler().fit([[1], [3]]) }, // prettier-ignore
      }),
    threshold: () =>
      encodeModel({
        ...plain(sequential([dense(1, { activation: 'sigmoid' })]), [1]),
        ...{ examples: [[1], [2]], labels: ['cold', 'warm'], threshold: 0.25 },
      }),
  }

  test('what stands in their headers', async () => {
    const texts: string[] = []
    for (const [name, make] of Object.entries(files)) {
      const bytes = await make()
      const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
      const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<string, object>
      const { __metadata__: metadata = {}, ...tensors } = header
      texts.push(name, `  ${JSON.stringify(tensors)}`)
      for (const [key, value] of Object.entries(metadata as Record<string, string>))
        texts.push(`  ${key}: ${/checksum|crc|hash/i.test(key) ? '#' : value}`)
    }
    await golden('headers.txt', `${texts.join('\n')}\n`)
  })

  test('what they answer', async () => {
    const rows = [{ age: 40, city: 'Busan', income: 5 }, { age: null, city: 'Seoul', income: 1 }] // prettier-ignore
    const saved = {
      people: await decodeModel(await files.people!()),
      numbers: await decodeModel(await files.numbers!()),
      threshold: await decodeModel(await files.threshold!()),
    }
    const rounded = (value: unknown): string =>
      JSON.stringify(value, (_, part: unknown) =>
        ArrayBuffer.isView(part)
          ? [...(part as Float32Array)].map((each) => Number(each.toPrecision(5)))
          : typeof part === 'number'
            ? Number(part.toPrecision(5))
            : part,
      )
    const texts = [
      rounded(saved.people.input),
      rounded(await saved.people.predict(rows as never)),
      rounded(await saved.people.predictProbabilities(rows as never)),
      rounded(saved.numbers.input),
      rounded(await saved.numbers.predict([[1, 2], [9, 40]])), // prettier-ignore
      rounded(saved.threshold.input),
      rounded(await saved.threshold.predict([[-2], [0], [2]])),
      rounded(await saved.threshold.predictProbabilities([[-2], [0], [2]])),
    ]
    await golden('answers.txt', `${texts.join('\n')}\n`)
  })

  test('what is refused, in its words', async () => {
    const line = plain(sequential([dense(1)]), [2])
    const classes = plain(sequential([dense(3, { activation: 'softmax' })]), [2])
    const examples = [[1, 2]]
    const people2 = await decodeModel(await files.people!())
    const numbers = await decodeModel(await files.numbers!())
    const bytes = await files.threshold!()
    const text = (words: string) => new TextEncoder().encode(words)
    const changed = (from: string, to: string): Uint8Array => {
      const at = Buffer.from(bytes).indexOf(from)
      const other = Uint8Array.from(bytes)
      other.set(text(to), at)
      return other
    }
    const calls: Readonly<Record<string, () => unknown>> = {
      'no examples': () => encodeModel({ ...line, examples: [] }),
      'examples of another width': () => encodeModel({ ...line, examples: [[1]] }),
      'examples that are one number': () => encodeModel({ ...line, examples: tensor(1) }),
      'examples of NaN': () => encodeModel({ ...line, examples: [[1, NaN]] }),
      'examples with a column twice': () => encodeModel({ ...line, examples: { columns: ['a', 'a'], shape: [1, 2], data: Float64Array.of(1, 2) } as never }), // prettier-ignore
      'params of NaN': () => encodeModel({ ...line, params: [{ weight: tensor([[NaN], [1]]), bias: tensor([0]) }], examples }), // prettier-ignore
      'no params': () => encodeModel({ ...line, params: [], examples }),
      'params of another model': () => encodeModel({ ...classes, params: line.params, examples }),
      'labels beside a target': () => encodeModel({ ...line, examples, labels: ['a', 'b'], target: standardScaler().fit([[1], [2]]) }), // prettier-ignore
      'too few labels': () => encodeModel({ ...classes, examples, labels: ['a', 'b'] }),
      'labels twice': () => encodeModel({ ...classes, examples, labels: ['a', 'b', 'a'] }),
      'a threshold of three': () => encodeModel({ ...classes, examples, labels: ['a', 'b', 'c'], threshold: 0.5 }),
      'a threshold beyond': () => encodeModel({ ...line, examples, labels: ['a', 'b'], threshold: Infinity }),
      'outputs without labels': () => encodeModel({ ...classes, examples, outputs: 'logits' }),
      'a target of two': () => encodeModel({ ...line, examples, target: standardScaler().fit([[1, 2], [3, 4]]) }), // prettier-ignore
      'preprocessing of other columns': () => encodeModel({ ...line, examples: [[1, 2, 3]], preprocessing: scaled }),
      'preprocessing of rows with names': () => encodeModel({ ...line, examples: [[1, 2, 3]], preprocessing }),
      'an activation of your own': () => encodeModel({ ...plain(sequential([dense(1, { activation: (x) => x })]), [2]), examples }), // prettier-ignore
      'rows without a column': () => people2.predict([{ age: 1, city: 'Seoul' }] as never),
      'rows with another type': () => people2.predict([{ age: 'old', city: 'Seoul', income: 1 }] as never),
      'rows with a number for text': () => people2.predict([{ age: 1, city: 3, income: 1 }] as never),
      'rows of another city': () => people2.predict([{ age: 1, city: 'Paris', income: 1 }] as never),
      'rows without names': () => people2.predict([[1, 2, 3]]),
      'rows with names': () => numbers.predict([{ a: 1 }] as never),
      'rows of another width': () => numbers.predict([[1, 2, 3]]),
      'rows that are one number': () => numbers.predict(7 as never),
      'probabilities of a target': () => numbers.predictProbabilities([[1, 2]]),
      'a row of NaN': () => numbers.predict([[1, NaN]]),
      'an end before it began': () => numbers.predict([[1, 2]], { signal: AbortSignal.abort(new Error('enough')) }),
      'no file': () => decodeModel(new Uint8Array(0)),
      'a page': () => decodeModel(text('<!doctype html><html></html>')),
      'an object': () => decodeModel(text('{"a": 1}')),
      'an ONNX file': async () => decodeModel(await toOnnx(line.model, line.params, { inputShape: [2] })),
      'tensors alone': async () => decodeModel(await toSafetensors({ a: tensor([1]) })),
      'a file cut short': () => decodeModel(bytes.subarray(0, bytes.length - 1)),
      'a file with more': () => decodeModel(Uint8Array.from([...bytes, 0])),
      'a file with another label': () => decodeModel(changed('warm', 'hail')),
      'a path of nothing': () => loadModel('nothing-is-here.model'),
      'no source': () => loadModel(7 as never),
      // arrays
      'no npy': () => fromNpy(text('NUMPY')),
      'an npy cut short': async () => fromNpy((await toNpy(tensor([1, 2]))).subarray(0, -1)),
      'an npy with more': async () => fromNpy(Uint8Array.from([...(await toNpy(tensor([1, 2]))), 0])),
      'an npy that is text': async () => fromNpy(text('<html>')),
      'no npz': () => fromNpz(text('PK nothing of the kind here')),
      'an npz cut short': async () => fromNpz((await toNpz({ a: tensor([1]) })).subarray(0, -1)),
      'a name that is none': () => toNpz({ '': tensor([1]) }),
      'no safetensors': () => fromSafetensors(text('12345678{}')),
      'a safetensors cut short': async () => fromSafetensors((await toSafetensors({ a: tensor([1]) })).subarray(0, -1)),
      'nothing to write': () => toSafetensors({}),
      // JavaScript and ONNX
      'no JavaScript of no examples': () => toJavaScript(line.model, line.params, { examples: [] }),
      'no JavaScript of NaN': () => toJavaScript(line.model, [{ weight: tensor([[NaN], [1]]), bias: tensor([0]) }], { examples }), // prettier-ignore
      'no JavaScript with bytes that are none': () => toJavaScript(line.model, line.params, { examples, wasm: 'x' as never }), // prettier-ignore
      'no ONNX of a layer of your own': () => {
        const own = plain(sequential([dense(1, { activation: (x) => x })]), [2])
        return toOnnx(own.model, own.params, { inputShape: [2] })
      },
      'no ONNX of a clipped scaler': () => toOnnx(line.model, line.params, { inputShape: [2], preprocessing: scaled }),
      'no ONNX of an encoder': () => toOnnx(line.model, line.params, { inputShape: [2], preprocessing: oneHotEncoder().fit([['a'], ['b']]) }), // prettier-ignore
      'no ONNX of another shape': () => toOnnx(line.model, line.params, { inputShape: [3] }),
      'no ONNX of what float32 cannot hold': () => toOnnx(line.model, [{ weight: tensor([[1e300], [1]], { dtype: 'float64' }), bias: tensor([0], { dtype: 'float64' }) }], { inputShape: [2] }), // prettier-ignore
    }
    const texts: string[] = []
    for (const [name, call] of Object.entries(calls)) {
      const said = await (async () => call())().then(
        () => 'is taken',
        (error: unknown) =>
          error instanceof NeuriteError
            ? `${error.message.replaceAll(process.cwd(), '.')}\n  ${JSON.stringify(error.details).slice(0, 300)}`
            : String(error),
      )
      texts.push(`${name}\n  ${said}`)
    }
    await golden('refusals.txt', `${texts.join('\n')}\n`)
  })
})
