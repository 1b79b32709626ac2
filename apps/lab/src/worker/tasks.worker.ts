import { expose, type TaskContext } from '@neurite/worker'
import type { ApproximationRequest, FitOfN } from '../labs/approximation/compute.js'
import type { NetworkNumbers, NetworkRequest } from '../labs/graph/compute.js'
import type { RaceEvent } from '../labs/graph/flatten.js'
import type { Collapse, CollapseRequest } from '../labs/activations/collapse.js'
import type { Curve, Softmax } from '../labs/activations/compute.js'
import type { Phi } from '../labs/activations/state.js'
import type { Descent, Losses, LossesRequest } from '../labs/losses/compute.js'
import type { Fits, FitsRequest } from '../labs/losses/fits.js'
import type { Cost, Traced } from '../labs/batches/compute.js'
import type { Batching } from '../labs/batches/training.js'
import type { Landscape, LandscapeRequest, RaceRequest, Run } from '../labs/optimizers/compute.js'
import type { Backprop, BackpropRequest, Measured, MeasureRequest } from '../labs/backprop/compute.js'
import type { Dragged, Run as ScalingRun, Scaled } from '../labs/scaling/compute.js'
import type { ScaledList } from '../labs/scaling/list.js'
import type { Scaling } from '../labs/scaling/names.js'
import type { Choices } from '../labs/own-data/plan.js'
import type { TableSummary } from '../labs/own-data/describe.js'
import type { Cell, TrainingEvent } from '../labs/own-data/events.js'
import type { Answer, Source } from '../labs/own-data/workbench.js'
import type { FileRequest } from '../labs/playground/compute.js'
import type { DigitRows } from '../labs/digits/compute.js'
import type { Frame, Look, TrainingSpec } from '../training/spec.js'

const training = async (): Promise<(typeof import('../training/tasks.js'))['training']> =>
  (await import('../training/tasks.js')).training

/** Everything that labs compute, off the page's thread. A lab's code comes when it is first asked for. */
const tasks = {
  async approximation(request: ApproximationRequest, { signal }: TaskContext): Promise<FitOfN> {
    const { approximation } = await import('../labs/approximation/compute.js')
    return approximation(request, signal)
  },
  async losses(request: LossesRequest): Promise<Losses> {
    const { losses } = await import('../labs/losses/compute.js')
    return losses(request)
  },
  async lossesStep(request: Descent): Promise<readonly number[]> {
    const { descend } = await import('../labs/losses/compute.js')
    return descend(request)
  },
  async lossesFits(request: FitsRequest): Promise<Fits> {
    const { fits } = await import('../labs/losses/fits.js')
    return fits(request)
  },
  async scalingRuns(request: Dragged & { readonly share: number }): Promise<Readonly<Record<Scaling, ScalingRun>>> {
    const { descents } = await import('../labs/scaling/compute.js')
    return descents(request)
  },
  async scaling(request: Dragged & { readonly aspect: number }): Promise<Readonly<Record<Scaling, Scaled>>> {
    const { scaled } = await import('../labs/scaling/compute.js')
    return scaled(request)
  },
  async scalingList(request: { readonly outlier: number }): Promise<ScaledList> {
    const { scaledList } = await import('../labs/scaling/list.js')
    return scaledList(request)
  },

  async networkNumbers(request: NetworkRequest): Promise<NetworkNumbers> {
    return (await import('../labs/graph/compute.js')).networkNumbers(request)
  },
  async flattenSamples(request: { seed: number }): Promise<{ images: Float32Array; order: Int32Array }> {
    return (await import('../labs/graph/flatten.js')).flattenSamples(request)
  },
  async *flattenRace(request: { seed: number }, context: TaskContext): AsyncGenerator<RaceEvent, void, undefined> {
    yield* (await import('../labs/graph/flatten.js')).flattenRace(request, context)
  },
  async activationCurve(request: { phi: Phi; a: number }): Promise<Curve> {
    return (await import('../labs/activations/compute.js')).activationCurve(request)
  },
  async activationThumbs(_request: object): Promise<Readonly<Record<string, Float64Array>>> {
    return (await import('../labs/activations/compute.js')).activationThumbs()
  },
  async softmaxOf(request: { z: readonly number[] }): Promise<Softmax> {
    return (await import('../labs/activations/compute.js')).softmaxOf(request)
  },
  async collapse(request: CollapseRequest): Promise<Collapse> {
    return (await import('../labs/activations/collapse.js')).collapse(request)
  },
  async digitRows(): Promise<DigitRows> {
    const { digitRows } = await import('../labs/digits/compute.js')
    return digitRows()
  },

  async traceBatches(batching: Batching): Promise<Traced> {
    return (await import('../labs/batches/compute.js')).traceBatches(batching)
  },
  async batchCost(batching: Batching): Promise<Cost> {
    return (await import('../labs/batches/compute.js')).costOf(batching)
  },

  async landscape(request: LandscapeRequest): Promise<Landscape> {
    return (await import('../labs/optimizers/compute.js')).landscape(request)
  },
  async race(request: RaceRequest): Promise<readonly Run[]> {
    return (await import('../labs/optimizers/compute.js')).race(request)
  },

  async backprop(request: BackpropRequest): Promise<Backprop> {
    const { backprop } = await import('../labs/backprop/compute.js')
    return backprop(request)
  },
  async backpropStep(request: MeasureRequest): Promise<Measured> {
    const { measureStep } = await import('../labs/backprop/compute.js')
    return measureStep(request)
  },
  async playgroundFile(request: FileRequest): Promise<Uint8Array<ArrayBuffer>> {
    return (await import('../labs/playground/compute.js')).playgroundFile(request)
  },

  async ownOpen(source: Source, { signal }: TaskContext): Promise<TableSummary> {
    return (await import('../labs/own-data/workbench.js')).openTable(source, signal)
  },
  async *ownTrain(
    args: { table: string; choices: Choices; run: number },
    { signal }: TaskContext,
  ): AsyncGenerator<TrainingEvent, void, undefined> {
    yield* (await import('../labs/own-data/workbench.js')).train(args, signal)
  },
  async ownStop(args: { run: number }): Promise<void> {
    ;(await import('../labs/own-data/workbench.js')).stopTraining(args)
  },
  async ownPredict(args: {
    run: number
    names: readonly string[]
    cells: readonly Cell[]
  }): Promise<Answer | undefined> {
    return (await import('../labs/own-data/workbench.js')).predictRow(args)
  },
  async ownCsv(args: { table: string }): Promise<string> {
    return (await import('../labs/own-data/workbench.js')).tableCsv(args)
  },

  // Trainings that the page drives: see training/live-run.ts.
  async open(args: { spec: TrainingSpec; look: Look }): Promise<{ id: number; frame: Frame }> {
    return (await training()).open(args)
  },
  async advance(args: { id: number; steps: number; milliseconds?: number; look: Look }): Promise<Frame> {
    return (await training()).advance(args)
  },
  async goTo(args: { id: number; iteration: number; look: Look }): Promise<Frame> {
    return (await training()).goTo(args)
  },
  async close(args: { id: number }): Promise<void> {
    return (await training()).close(args)
  },
}

export type Tasks = typeof tasks

expose(tasks)
