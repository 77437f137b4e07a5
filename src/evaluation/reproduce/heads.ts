// Check 11: reward, termination and observations on held-out transitions, by their own objectives.

import { VisitSampler } from '../../episodes/replay/replay.ts'
import { decoderBatches } from '../../worlds/dima/train/decoder-batch.ts'
import { decoderObjective } from '../../worlds/dima/train/decoder-objective.ts'
import { rewardBatches } from '../../worlds/dima/train/reward-batch.ts'
import { rewardObjective } from '../../worlds/dima/train/reward-objective.ts'
import { dimensionsOf } from '../../worlds/dima/train/world-model.ts'
import { drawBatches, groupLosses, heldOutData, lossByEpisode, unitsOf } from './held-out-loss.ts'
import { type Measure, typical } from './measure.ts'
import { onReference, type Subject } from './subject.ts'

/** Sequences of 15 transitions, 30,000 in all. */
const REWARD = { batches: 32, batch: 64 }
/** Transitions of an episode. */
const DECODER = { batches: 2, batch: 256 }

/** What a frequency of ends estimated from training data costs on other data, and more. */
const NLL_MARGIN = 0.002

export const heads = async (subject: Subject): Promise<Measure[]> => [
  ...(await rewardMeasures(subject)),
  ...(await decoderMeasures(subject)),
]

async function rewardMeasures(subject: Subject): Promise<Measure[]> {
  const { record, networks, weights, task } = subject.model
  const dims = dimensionsOf(task)
  const config = {
    batch: REWARD.batch,
    network: { ...record.config.networks.reward, dropout: 0 },
    timeLimitIsEnd: record.config.hyperparameters.timeLimitIsEnd,
  }
  const objective = rewardObjective(networks.reward, dims, config)
  const draw = rewardBatches(dims, config, new VisitSampler())
  const data = heldOutData(subject.episodes, unitsOf(subject.model))
  const batches = drawBatches(draw, data, REWARD.batches, subject.seed, 'reproduce')
  const [found] = await groupLosses(objective, weights.reward, [batches])
  const entropy = entropyOf(meanOf(batches.map(({ ends }) => meanOf(ends!.data))))
  return [
    {
      figure: 'reward smooth L1',
      value: found!.reward_smooth_l1!,
      ...onReference(subject, { high: 0.01 }),
      source: '9.11',
      why: 'above: the reward does not follow from state and action',
    },
    {
      figure: 'termination NLL less the base rate’s entropy',
      value: found!.termination_nll! - entropy,
      // Less than the entropy is well: where robots fall, ends can be foreseen.
      high: NLL_MARGIN,
      source: '7.5, 9.11',
      why: `above: worse than knowing the frequency of ends alone (entropy ${entropy.toFixed(5)})`,
    },
  ]
}

/** The recorded observations are the exact map of method.md 7.3, or whatever else the task shows its agents. */
async function decoderMeasures({ model, episodes, seed, reference }: Subject): Promise<Measure[]> {
  const { networks, weights, task } = model
  const dims = dimensionsOf(task)
  const objective = decoderObjective(networks.decoder, dims, DECODER)
  const begin = () => decoderBatches(dims, DECODER, new VisitSampler())
  const options = { episodes, units: unitsOf(model), batches: DECODER.batches, seed }
  return typical({
    figure: 'decoder L1 against the exact map',
    values: await lossByEpisode(objective, begin, weights.decoder, options),
    ...onReference({ reference }, { high: 0.02 }),
    source: '7.3, 9.11',
    why: 'above: undertrained, or the 36 quantised numbers are too few for the states that are met',
  })
}

const meanOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value / values.length, 0)

/** Entropy of a yes or no with probability p, in nats. */
export function entropyOf(p: number): number {
  const part = (q: number) => (q > 0 ? -q * Math.log(q) : 0)
  return part(p) + part(1 - p)
}
