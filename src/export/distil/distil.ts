// `--distil-embedding`: a bundle gets the smaller network only where imagination is as good with it.
import { ALGORITHM_TABLE } from '../../algorithms/algorithms.ts'
import { DimaError } from '../../common/errors.ts'
import type { EpisodeSource } from '../../episodes/sources/source.ts'
import { unseenEpisodes } from '../../evaluation/unseen-episodes.ts'
import { withWeightType } from '../../evaluation/weight-type.ts'
import type { Distillation } from '../../registry/scores.ts'
import type { TrainedModel } from '../../runs/trained-model.ts'
import type { DistilFlags } from './flags.ts'
import { judge, worstGrowth } from './judge.ts'
import { distillationTable } from './table.ts'
import { timeLeft } from './time-left.ts'

export interface Chosen {
  model: TrainedModel
  /** of a model with a distilled network */
  distilled?: Distillation
}

/** The model with the distilled network, or as it was; says which and why. DimaError `invalid_config` where there is nothing to distil. */
export async function chooseDistilled(
  own: TrainedModel,
  source: EpisodeSource,
  flags: DistilFlags,
  say: (line: string) => void,
): Promise<Chosen> {
  const { run, device, segments, episodes, seed, distilUpdates: updates, distilWithin: within } = flags
  const { algorithm } = own.record.config
  const { distil } = ALGORITHM_TABLE[algorithm]
  if (!distil)
    throw new DimaError('invalid_config', `${algorithm} has no network to distil`, {
      field: 'distilEmbedding',
    })
  const { model, graph, fitError } = await distil(own, { run, updates, device, onProgress: timeLeft(say) })
  const rounded = withWeightType(model, own.weightType)
  const unseen = await unseenEpisodes(own, source, episodes, seed)
  const distilled = {
    graph,
    fitError,
    segments,
    plans: await judge(own, rounded, unseen, { segments, seed, device }),
  }
  say(distillationTable(distilled))
  const { ships, words } = verdict(distilled, own.spec.horizon, within)
  say(words)
  return ships ? { model: rounded, distilled } : { model: own }
}

/** @param within share by which the error over the horizon may grow, with any plan */
export function verdict({ graph, fitError, plans }: Distillation, horizon: number, within: number) {
  const { plan, growth } = worstGrowth(plans)
  const fits = `it is ${percent(fitError)} of the deviation from what it learned to give`
  const grows = `the error over ${horizon} steps grows by ${percent(growth)} (${plan})`
  return growth <= within
    ? { ships: true, words: `${graph} is distilled: ${fits}, ${grows}` }
    : {
        ships: false,
        words: `${graph} stays the model's own, not distilled: ${fits}, ${grows}, more than ${percent(within)}`,
      }
}

const percent = (share: number) => `${(100 * share).toPrecision(3)} %`
