// Recorded episodes: some are held out, the rest is for training, in the order of the file.
import { basename } from 'node:path'
import { sum } from '../../common/statistics.ts'
import { tellOwnRewards } from '../../env/own-rewards.ts'
import { demandEqualAgents, type TaskSpec } from '../../env/task-spec.ts'
import { Dataset, type OnProgress } from '../dataset/dataset.ts'
import { invalidDataset } from '../dataset/invalid.ts'
import type { Episode } from '../replay/episode.ts'
import type { EpisodeSource, Origin } from './source.ts'
import { heldOutIndices, type NeededSteps } from './split.ts'

export class DatasetSource implements EpisodeSource {
  readonly spec: TaskSpec
  readonly origin: Origin
  readonly recorded: readonly number[]
  private readonly dataset: Dataset
  private readonly needed: NeededSteps
  private readonly training: readonly number[]
  private readonly held: readonly number[]

  /** Takes over the file: `close` closes it. DimaError `invalid_dataset`, `unequal_agents`. */
  constructor(dataset: Dataset, heldOut: number, needed: NeededSteps) {
    const { spec, file, sha256, episodes, skipped } = dataset
    demandEqualAgents(spec)
    if (episodes.length < 2)
      throw invalidDataset(basename(file), 'has one episode; training and evaluation need two', {
        expected: 2,
        given: 1,
      })
    this.dataset = dataset
    this.needed = needed
    this.spec = spec
    this.origin = { kind: 'dataset', file, sha256, heldOut, skipped, dropped: droppedIn(dataset) }
    this.held = heldOutIndices(
      episodes.map(({ length }) => length),
      heldOut,
      needed.evaluation,
    )
    this.training = episodes.map((_, i) => i).filter((i) => !this.held.includes(i))
    this.recorded = this.training.map((i) => episodes[i]!.length)
    checkEnough(file, this.recorded, needed.training)
  }

  static async open(
    path: string,
    heldOut: number,
    needed: NeededSteps,
    onProgress?: OnProgress,
  ): Promise<DatasetSource> {
    const dataset = await Dataset.open(path, onProgress)
    try {
      return new DatasetSource(dataset, heldOut, needed)
    } catch (error) {
      dataset.close()
      throw error
    }
  }

  get remarks(): string[] {
    const { skipped, episodes, joinedState } = this.dataset
    const dropped = droppedIn(this.dataset)
    const unequal = episodes.find(({ unequalRewards }) => unequalRewards)
    const longest = Math.max(...this.held.map((i) => episodes[i]!.length))
    return [
      `${this.training.length} episodes for training, ${this.held.length} held out`,
      ...(unequal
        ? [tellOwnRewards(`${basename(this.dataset.file)}: ${unequal.name}`, unequal.unequalRewards!)]
        : []),
      ...(skipped > 0 ? [`WARNING: episodes left out, empty or a single step long: ${skipped}`] : []),
      ...(dropped > 0
        ? [`WARNING: last transitions left out, as nothing was recorded after them: ${dropped}`]
        : []),
      ...(longest < this.needed.evaluation
        ? [`no episode has the ${this.needed.evaluation} steps that an evaluation needs`]
        : []),
      ...(joinedState ? ['no state recorded: it is made of all observations'] : []),
    ]
  }

  async collect(first: number): Promise<Episode[]> {
    const index = this.training[first]
    if (index !== undefined) return [this.dataset.read(index)]
    throw invalidDataset(
      basename(this.dataset.file),
      `has ${this.training.length} training episodes, not ${first + 1}`,
    )
  }

  async heldOut(count: number): Promise<Episode[]> {
    return this.held.slice(0, count).map((index) => this.dataset.read(index))
  }

  /** First states, spread over the file. */
  async starts(count: number): Promise<Float64Array[]> {
    const { length } = this.dataset.episodes
    const used = Math.min(count, length)
    return Array.from({ length: used }, (_, j) => {
      const { states } = this.dataset.read(Math.floor((j * length) / used))
      return states.slice(0, this.spec.stateNames.length)
    })
  }

  async close(): Promise<void> {
    this.dataset.close()
  }
}

const droppedIn = ({ episodes }: Dataset): number => episodes.filter(({ cut }) => cut).length

/** The reward model learns from sequences of H steps. */
function checkEnough(file: string, lengths: readonly number[], needed: number): void {
  const steps = sum(lengths)
  if (steps >= needed) return
  throw invalidDataset(basename(file), `has ${steps} steps for training, fewer than ${needed}`, {
    expected: needed,
    given: steps,
  })
}
