import { argMax, max, softmax, tensor, tidy, type ArrayData, type Backend, type Tree } from '@neurite/core'
import {
  columnTransformer,
  imputer,
  labelEncoder,
  minMaxScaler,
  oneHotEncoder,
  pipeline,
  standardScaler,
  trainTestSplit,
  type ColumnUse,
  type Table,
} from '@neurite/data'
import { encodeModel } from '@neurite/io'
import { mse, sparseCrossEntropy } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { adam } from '@neurite/optimizers'
import {
  accuracy,
  classificationReport,
  confusionMatrix,
  diagnose,
  fitEvents,
  meanAbsoluteError,
  predict,
  r2,
  type Callback,
  type FitResult,
} from '@neurite/train'
import { barsOf, isMissing } from './describe.js'
import { MOST_MARKS } from './limits.js'
import type { Cell, ClassOutcome, Finding, Measures, Outcome, TrainingEvent } from './events.js'
import { partsOf, TEST, VALIDATION, type Choices, type ColumnFacts, type Part, type Scaling } from './plan.js'

/** Drop rows that do not say what is to be learned, split, prepare: what comes before a training. */
function prepare(table: Table, columns: readonly ColumnFacts[], choices: Choices, backend: Backend) {
  const { target, task, features, seed } = choices
  const answers = table.column(target)
  const known = [...answers.keys()].filter((i) => !isMissing(answers[i]!))
  const rows = known.length === table.numRows ? table : table.rows(known)
  const by = task === 'classes' ? { stratify: target } : { target }
  const { train: rest, test } = trainTestSplit(rows, { test: TEST, ...by, seed })
  const { train, test: validation } = trainTestSplit(rest, { test: VALIDATION, ...by, seed })
  const preprocessing = columnTransformer(
    partsOf(features, columns).map((part) => ({ columns: part.columns, use: useOf(part, choices.scaling) })),
  ).fit(train)
  const targets = targetsOf(rows, train, choices)
  const dataOf = (part: Table) => ({ x: preprocessing.transform(part), y: targets.transform(part) })
  const outputs = targets.labels?.length ?? 1
  const model = sequential([
    ...choices.hidden.map((units) => dense(units, { activation: choices.activation })),
    dense(outputs),
  ])
  return { rows, train, validation, test, preprocessing, targets, dataOf, model, backend }
}

type Prepared = ReturnType<typeof prepare>

function useOf({ type, fill }: Part, scaling: Scaling): ColumnUse {
  if (type === 'text') return oneHotEncoder({ unknown: 'ignore' })
  if (scaling === 'none') return fill ? imputer() : 'keep'
  const scaler = scaling === 'standard' ? standardScaler() : minMaxScaler()
  return fill ? pipeline([imputer(), scaler]) : scaler
}

/** The column to predict as the loss takes it, and the way back to its own unit. */
function targetsOf(rows: Table, train: Table, { target, task, scaleTarget }: Choices) {
  if (task === 'classes') {
    const encoder = labelEncoder().fit(rows.column(target))
    return {
      fitted: encoder,
      labels: encoder.categories,
      transform: (part: Table): ArrayData => encoder.transform(part.column(target)),
      raw: (part: Table): ArrayData => encoder.transform(part.column(target)),
      back: (outputs: ArrayData) => outputs,
    }
  }
  const scaler = scaleTarget ? standardScaler().fit(train.toMatrix([target])) : undefined
  const raw = (part: Table): ArrayData => part.toMatrix([target])
  return {
    fitted: scaler,
    labels: undefined,
    transform: (part: Table): ArrayData => (scaler === undefined ? raw(part) : scaler.transform(raw(part))),
    raw,
    back: (outputs: ArrayData): ArrayData => (scaler === undefined ? outputs : scaler.inverseTransform(outputs)),
  }
}

/**
 * Trains as the choices say, and tells what happens; the program of `program.ts` does the same, to the bit.
 *
 * @param stop - asked after each epoch: whether training ends here
 */
export async function* training(
  table: Table,
  columns: readonly ColumnFacts[],
  choices: Choices,
  { backend, stop, signal }: { readonly backend: Backend; readonly stop: () => boolean; readonly signal?: AbortSignal },
): AsyncGenerator<TrainingEvent, void, undefined> {
  const prepared = prepare(table, columns, choices, backend)
  const { rows, train, validation, test, model, targets, dataOf } = prepared
  const { epochs, batchSize, learningRate, seed } = choices
  const classes = targets.labels !== undefined
  const loss = classes ? sparseCrossEntropy({ fromLogits: true }) : mse
  const [data, held] = [dataOf(train), dataOf(validation)]
  yield {
    kind: 'ready',
    rows: { train: train.numRows, validation: validation.numRows, test: test.numRows },
    inputs: data.x.columns ?? [],
    labels: targets.labels?.map(String),
    bars: barsOf(rows, targets.labels && { column: rows.column(choices.target), labels: targets.labels }),
    findings: await findingsOf(prepared, data, batchSize),
  }
  let shown: Outcome | undefined
  const look: Callback = {
    name: 'look',
    async onEpochEnd(_event, run) {
      shown = await outcomeOf(prepared, run.params, validation)
      if (stop()) run.stop('user')
    },
  }
  const metrics = classes ? { score: accuracy } : { score: r2 }
  const events = fitEvents(model, data, {
    loss,
    optimizer: adam({ learningRate }),
    epochs,
    batchSize,
    validation: held,
    metrics,
    seed,
    backend,
    callbacks: [look],
    ...(signal && { signal }),
  })
  for await (const event of events) {
    if (event.kind === 'epoch')
      yield { kind: 'epoch', epoch: event.epoch + 1, measures: measuresOf(event.values), shown: shown! }
    else if (event.kind === 'end') yield await ended(prepared, event.result, choices)
  }
}

function measuresOf({
  loss = NaN,
  valLoss = NaN,
  score = NaN,
  valScore = NaN,
}: Readonly<Record<string, number>>): Measures {
  return { loss, valLoss, score, valScore }
}

async function findingsOf(
  { model, targets, backend }: Prepared,
  data: { readonly x: ArrayData; readonly y: ArrayData },
  batchSize: number,
): Promise<Finding[]> {
  const loss = targets.labels === undefined ? mse : sparseCrossEntropy({ fromLogits: true })
  // As tensors, which say on which backend the model is tried.
  const [x, y] = [tensor(data.x, { backend }), tensor(data.y, { backend })]
  try {
    const found = await diagnose(model, { x, y }, { loss, batchSize })
    return found.map(({ kind, message, columns }) => ({ kind, message, columns: columns ?? [] }))
  } finally {
    x.dispose()
    y.dispose()
  }
}

/** What the network says to some rows, beside what is true. */
async function outcomeOf({ model, preprocessing, targets }: Prepared, params: Tree, part: Table): Promise<Outcome> {
  const outputs = await predict(model, params, preprocessing.transform(part))
  try {
    if (targets.labels === undefined) {
      const told = targets.back(await outputs.toHost())
      return { task: 'values', truth: Array.from(targets.raw(part).data), told: Array.from(told.data) }
    }
    const { told, sure } = tidy(() => ({
      told: argMax(outputs, { axis: 1 }),
      sure: max(softmax(outputs), { axes: [1] }),
    }))
    const outcome: ClassOutcome = {
      task: 'classes',
      truth: Array.from(targets.transform(part).data),
      told: Array.from(await told.data()),
      sure: Array.from(await sure.data()),
      matrix: [],
    }
    told.dispose()
    sure.dispose()
    return { ...outcome, matrix: confusionMatrix(outcome.told, outcome.truth, { classes: targets.labels.length }) }
  } finally {
    outputs.dispose()
  }
}

async function ended(
  prepared: Prepared,
  { params, history, epochs, stoppedBy }: FitResult,
  choices: Choices,
): Promise<TrainingEvent> {
  const { model, preprocessing, targets, train, test } = prepared
  const shown = await outcomeOf(prepared, params, test)
  const file = await encodeModel({
    model,
    params,
    preprocessing,
    ...(targets.fitted && { target: targets.fitted }),
    examples: train.select(choices.features),
  })
  return {
    kind: 'end',
    epochs,
    stoppedBy,
    loss: history.loss.at(-1)!,
    valLoss: history.valLoss.at(-1)!,
    shown,
    report: reportOf(shown, targets.labels?.map(String)),
    cells: cellsOf(test, choices.features),
    file,
  }
}

function cellsOf(table: Table, features: readonly string[]): Cell[][] {
  const columns = features.map((name) => table.column(name))
  return Array.from({ length: Math.min(table.numRows, MOST_MARKS) }, (_, i) =>
    columns.map((column) => (isMissing(column[i]!) ? null : column[i]!)),
  )
}

function reportOf(shown: Outcome, labels: readonly string[] | undefined) {
  if (shown.task === 'values')
    return { score: r2(shown.told, shown.truth), error: meanAbsoluteError(shown.told, shown.truth), classes: [] }
  const name = (numbers: readonly number[]): string[] => numbers.map((c) => labels![c]!)
  const { accuracy: score, classes } = classificationReport(name(shown.told), name(shown.truth), { labels: labels! })
  return { score, error: undefined, classes }
}
