// An objective on held-out data: the very loss that training lowers, without a gradient.

import type { Checkpoint } from '../../algorithms/dima/checkpoint.ts'
import type { DimaModel } from '../../algorithms/dima/trained-model.ts'
import type { Parameter } from '../../common/parameters.ts'
import { Rng } from '../../common/rng.ts'
import type { Feeds } from '../../common/tensors.ts'
import { openGraphSession } from '../../engine/session.ts'
import type { Episode } from '../../episodes/replay/episode.ts'
import type { Data } from '../../episodes/replay/intake.ts'
import { Replay } from '../../episodes/replay/replay.ts'
import { RunningStatistics } from '../../episodes/statistics.ts'
import { encodeGraph } from '../../graph/graph.ts'
import { trace } from '../../graph/trace.ts'
import type { DrawBatch, Objective } from '../../learning/objectives.ts'

/** A run's statistics, and the least deviation of its task. */
export interface Units extends Pick<Checkpoint, 'statistics'> {
  least?: number | undefined
}

export const unitsOf = ({ checkpoint, task }: Pick<DimaModel, 'checkpoint' | 'task'>): Units => ({
  statistics: checkpoint.statistics,
  least: task.leastDeviation,
})

/** Held-out episodes in the units of a run: its statistics, not theirs. */
export function heldOutData(episodes: Episode[], { statistics, least }: Units): Data {
  const replay = new Replay(Number.POSITIVE_INFINITY)
  for (const episode of episodes) replay.add(episode)
  return {
    replay,
    statistics: Object.assign(new RunningStatistics(statistics.mean.length, least), statistics),
  }
}

type Batches = readonly Feeds[]
type Loss = Pick<Objective, 'name' | 'parameters' | 'inputs' | 'loss'>

export const drawBatches = (
  draw: DrawBatch,
  data: Data,
  count: number,
  ...key: (string | number)[]
): Feeds[] => Array.from({ length: count }, (_, i) => draw(data, new Rng(...key, i)))

/** The loss and the further metrics of an objective on each group of batches, means over the group. */
export async function groupLosses(
  objective: Loss,
  values: ReadonlyMap<string, Float32Array>,
  groups: readonly Batches[],
): Promise<Record<string, number>[]> {
  const session = await openGraphSession(compileLoss(objective, values))
  const losses: Record<string, number>[] = []
  for (const batches of groups) {
    const means: Record<string, number> = {}
    for (const batch of batches) {
      for (const [name, { data }] of Object.entries(await session.run(batch)))
        means[name] = (means[name] ?? 0) + data[0]! / batches.length
    }
    losses.push(means)
  }
  await session.release()
  return losses
}

interface EpisodeDraw {
  episodes: Episode[]
  units: Units
  /** of each episode */
  batches: number
  seed: number
}

/** The loss on every episode by itself. @param begin gives draws that have drawn nothing yet */
export async function lossByEpisode(
  objective: Loss,
  begin: () => DrawBatch,
  values: ReadonlyMap<string, Float32Array>,
  { episodes, units, batches, seed }: EpisodeDraw,
): Promise<number[]> {
  const groups = episodes.map((episode, i) =>
    drawBatches(begin(), heldOutData([episode], units), batches, seed, 'reproduce', i),
  )
  return (await groupLosses(objective, values, groups)).map(({ loss }) => loss!)
}

function compileLoss(
  { name, parameters, inputs, loss }: Loss,
  values: ReadonlyMap<string, Float32Array>,
): Uint8Array {
  const weights = new Map(parameters.map((parameter) => [parameter.name, weightOf(parameter, values)]))
  const graph = trace(name, {}, (scope) => {
    const result = loss(scope.weights(weights), scope.inputs(inputs))
    return { loss: result.loss, ...result.metrics }
  })
  return encodeGraph(graph)
}

const weightOf = ({ name, shape }: Parameter, values: ReadonlyMap<string, Float32Array>) => ({
  shape,
  data: values.get(name)!,
})
