import { partsOf, TEST, VALIDATION, type Choices, type ColumnFacts, type Part, type Scaling } from './plan.js'

/** A name or any other text of a table, as a program may hold it: JSON's strings are JavaScript's. */
const quoted = (text: string): string => JSON.stringify(text)
const list = (names: readonly string[]): string => `[${names.map(quoted).join(', ')}]`

const SCALERS: Readonly<Record<Exclude<Scaling, 'none'>, string>> = {
  minMax: 'minMaxScaler()',
  standard: 'standardScaler()',
}

function useOf({ type, fill }: Part, scaling: Scaling): string {
  if (type === 'text') return "oneHotEncoder({ unknown: 'ignore' })"
  if (scaling === 'none') return fill ? 'imputer()' : "'keep'"
  return fill ? `pipeline([imputer(), ${SCALERS[scaling]}])` : SCALERS[scaling]
}

/**
 * The program that trains as the lab did, with the same seed, to the same numbers.
 *
 * @param columns - all of the table, as the lab found them
 * @param choices - `epochs` are those that were trained
 * @param file - the name of the table's file
 */
export function programOf(columns: readonly ColumnFacts[], choices: Choices, file: string): string {
  const classes = choices.task === 'classes'
  const parts = partsOf(choices.features, columns)
  const body = [
    ...reading(columns, choices),
    ...splitting(choices),
    '',
    '// What is learned from the training rows alone.',
    'const preprocessing = columnTransformer([',
    ...parts.map((part) => `  { columns: ${list(part.columns)}, use: ${useOf(part, choices.scaling)} },`),
    ']).fit(train)',
    ...(classes ? classTarget(choices) : valueTarget(choices)),
    'const data = (part: Table) => ({ x: preprocessing.transform(part), y: answers(part) })',
    '',
    ...fitting(choices),
    '',
    ...(classes ? classReport() : valueReport(choices)),
    '',
    '// Preprocessing and target are in the file, so that it takes raw rows: loadModel(file).predict(row). So are a few rows of the table.',
    'await saveModel(modelFile, {',
    '  model,',
    '  params,',
    '  preprocessing,',
    ...(classes || choices.scaleTarget ? ['  target,'] : []),
    `  examples: train.select(${list(choices.features)}),`,
    '})',
  ]
  return [...head(body.join('\n'), file), ...body, ''].join('\n')
}

/** What the program may need of each package. */
const EXPORTS: readonly (readonly [from: string, names: readonly string[]])[] = [
  ['backend-cpu', ['cpu']],
  ['core', ['argMax', 'setDefaultBackend']],
  [
    'data',
    [
      'columnTransformer',
      'imputer',
      'labelEncoder',
      'minMaxScaler',
      'oneHotEncoder',
      'pipeline',
      'readCsv',
      'standardScaler',
      'trainTestSplit',
    ],
  ],
  ['io', ['saveModel']],
  ['losses', ['mse', 'sparseCrossEntropy']],
  ['nn', ['dense', 'sequential']],
  ['optimizers', ['adam']],
  ['train', ['accuracy', 'classificationReport', 'fit', 'meanAbsoluteError', 'predict', 'r2']],
]

function head(body: string, file: string): string[] {
  const used = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(body.replace(/"(?:[^"\\]|\\.)*"/g, '""'))
  const imports = EXPORTS.flatMap(([from, names]) => {
    const own = names.filter(
      (name) => name === 'cpu' || name === 'setDefaultBackend' || name === 'readCsv' || used(name),
    )
    if (own.length === 0) return []
    const types = from === 'data' ? [...own, 'type Table'] : own
    return [`import { ${types.join(', ')} } from '@neurite/${from}'`]
  })
  return [
    '// What the Neurite lab trained, to the same numbers. To run it:',
    '//   npm install @neurite/backend-cpu @neurite/core @neurite/data @neurite/files @neurite/io @neurite/losses @neurite/nn @neurite/optimizers @neurite/train',
    '//   npx tsx program.ts TABLE.csv MODEL.safetensors',
    ...imports,
    '',
    'setDefaultBackend(cpu())',
    `const [tableFile = ${quoted(file)}, modelFile = 'model.safetensors'] = process.argv.slice(2)`,
  ]
}

function reading(columns: readonly ColumnFacts[], { target }: Choices): string[] {
  const found = columns.find(({ name }) => name === target)
  if (found === undefined || found.missing === 0)
    return ["const table = await readCsv(tableFile, { delimiter: 'auto' })"]
  const known = found.type === 'text' ? "cell !== ''" : '!Number.isNaN(cell)'
  return [
    "const all = await readCsv(tableFile, { delimiter: 'auto' })",
    '// Rows that do not say what is to be learned teach nothing.',
    `const table = all.rows(Array.from(all.column(${quoted(target)})).flatMap((cell, i) => (${known} ? [i] : [])))`,
  ]
}

function splitting({ target, task, seed }: Choices): string[] {
  const by = `${task === 'classes' ? 'stratify' : 'target'}: ${quoted(target)}, seed: ${seed}`
  return [
    `const { train: rest, test } = trainTestSplit(table, { test: ${TEST}, ${by} })`,
    `const { train, test: validation } = trainTestSplit(rest, { test: ${VALIDATION}, ${by} })`,
  ]
}

const classTarget = ({ target }: Choices): string[] => [
  `const target = labelEncoder().fit(table.column(${quoted(target)}))`,
  `const answers = (part: Table) => target.transform(part.column(${quoted(target)}))`,
]

const valueTarget = ({ target, scaleTarget }: Choices): string[] =>
  scaleTarget
    ? [
        `const target = standardScaler().fit(train.toMatrix([${quoted(target)}]))`,
        `const answers = (part: Table) => target.transform(part.toMatrix([${quoted(target)}]))`,
      ]
    : [`const answers = (part: Table) => part.toMatrix([${quoted(target)}])`]

function fitting(choices: Choices): string[] {
  const { task, hidden, activation, learningRate, epochs, batchSize, seed } = choices
  const last = task === 'classes' ? 'dense(target.categories.length)' : 'dense(1)'
  const layers = [...hidden.map((units) => `dense(${units}, { activation: '${activation}' })`), last]
  return [
    `const model = sequential([${layers.join(', ')}])`,
    'const { params, history } = await fit(model, data(train), {',
    `  loss: ${task === 'classes' ? 'sparseCrossEntropy({ fromLogits: true })' : 'mse'},`,
    `  optimizer: adam({ learningRate: ${learningRate} }),`,
    `  epochs: ${epochs},`,
    `  batchSize: ${batchSize},`,
    '  validation: data(validation),',
    `  metrics: { score: ${task === 'classes' ? 'accuracy' : 'r2'} },`,
    `  seed: ${seed},`,
    '})',
    'console.log(`loss ${history.loss.at(-1)}`)',
    'console.log(`validation loss ${history.valLoss.at(-1)}`)',
  ]
}

const classReport = (): string[] => [
  '// The test rows, which nothing looked at before.',
  'const names = (numbers: ArrayLike<number>) => Array.from(numbers, (c) => String(target.categories[c]))',
  'const outputs = await predict(model, params, preprocessing.transform(test))',
  'const told = names(await argMax(outputs).data())',
  'const report = classificationReport(told, names(answers(test).data), { labels: target.categories.map(String) })',
  'console.log(`test accuracy ${report.accuracy}`)',
  'console.log(String(report))',
]

const valueReport = ({ target, scaleTarget }: Choices): string[] => [
  '// The test rows, which nothing looked at before, in the unit of the table.',
  'const outputs = await (await predict(model, params, preprocessing.transform(test))).toHost()',
  scaleTarget ? 'const told = target.inverseTransform(outputs).data' : 'const told = outputs.data',
  `const truth = test.toMatrix([${quoted(target)}]).data`,
  'console.log(`test r2 ${r2(told, truth)}`)',
  'console.log(`test mean absolute error ${meanAbsoluteError(told, truth)}`)',
]
