// What a run that learned a world model has made, whichever algorithm it is of and whichever kind the model: what is
// scored, compared and published.
import { DimaError } from '../common/errors.ts'
import { firstNonFinite } from '../common/finite.ts'
import type { Device } from '../engine/device.ts'
import type { TaskSpec } from '../env/task-spec.ts'
import type { Compilable } from '../graph/serving-graph.ts'
import type { WeightType } from '../registry/scores.ts'
import type { WorldSpec } from '../worlds/world.ts'
import type { EpochsDone } from './epoch-loop.ts'
import type { RunConfig } from './run-config.ts'
import type { RunRecord } from './run-folder.ts'

/** A run folder as it was read. */
export interface StoredRun<Config extends RunConfig = RunConfig> {
  path: string
  record: RunRecord<Config>
  /** all that the run's algorithm keeps */
  checkpoint: EpochsDone
}

/** Networks and weights by name, that of a policy as `policy`, of its critic as `value`. */
export interface TrainedModel extends Compilable {
  record: RunRecord
  task: TaskSpec
  spec: WorldSpec
  /** of a model whose policy knows what states are worth: the graph `value` */
  value?: { discount: number }
  /** of every network that learned, those too that are in no graph */
  updates: Readonly<Record<string, number>>
  /** that its world model's weights are rounded to unless another is asked for */
  weightType: WeightType
  environmentSteps: number
  /** of training */
  seconds: number
  /** in the words of a manifest */
  hyperparameters: Record<string, unknown>
}

export interface DistilOptions {
  /** its folder, for the episodes that are there */
  run: string
  updates: number
  device: Device
  /** @param done share of what is going on, 0..1 */
  onProgress(what: string, done: number): void
}

/** A model with a smaller network in the place of one, which learned to give the same. */
export interface Distilled {
  model: TrainedModel
  /** that the network is in */
  graph: string
  /** root mean square on inputs that it did not learn from, in units of the answers' deviation */
  fitError: number
}

type Numbers = ReadonlyMap<string, ArrayLike<number> | number>

/** Nothing can be said of a model, nor served of one, whose numbers are lost: DimaError `not_finite`. */
export function demandFinite(path: string, parts: Readonly<Record<string, Numbers>>): void {
  for (const [part, arrays] of Object.entries(parts)) {
    for (const [name, given] of arrays) {
      const values = typeof given === 'number' ? [given] : given
      const lost = firstNonFinite(values)
      if (lost < 0) continue
      throw new DimaError(
        'not_finite',
        `${path}: ${part} has ${values[lost]} in ${name} (entry ${lost}): the run diverged; train again in another --out with a lower learning rate (--set)`,
        { field: `${part}.${name}`, given: String(values[lost]) },
      )
    }
  }
}
