// What the reward model is trained on: sequences of H consecutive transitions, drawn from the least visited (method.md 3), and
// dropout masks. Sequences may span episodes; attention is cut between them. A time limit is not an end: its label is
// `continue`, unless asked for: method.md 8 (22).
import type { Rng } from '../../../common/rng.ts'
import type { NamedTensors } from '../../../common/tensors.ts'
import { isEnd } from '../../../episodes/replay/episode.ts'
import type { Data } from '../../../episodes/replay/intake.ts'
import type { VisitSampler } from '../../../episodes/replay/replay.ts'
import { type DrawBatch, emptyBatch, type Input, normaliseInto } from '../../../learning/objectives.ts'
import type { Dimensions } from '../../../networks/dimensions.ts'
import type { RewardConfig } from '../networks/presets.ts'
import { dropoutMasks, droppedOf256 } from '../networks/reward-dropout.ts'

export interface BatchSize {
  /** B, sequences */
  batch: number
  /** the network's, whose dropout has masks as inputs */
  network: RewardConfig
}

const sequenceInputs = (
  { horizon: H, agents: N, action: A, state: S }: Dimensions,
  { batch: B }: Pick<BatchSize, 'batch'>,
): Input[] => [
  { name: 'states', shape: [B, H, S] },
  { name: 'actions', shape: [B, H, N, A] },
  { name: 'segments', shape: [B, H] }, // which episode of the sequence a step belongs to
  { name: 'rewards', shape: [B, H] },
  { name: 'ends', shape: [B, H] },
]

export const rewardInputs = (dims: Dimensions, size: BatchSize): Input[] => [
  ...sequenceInputs(dims, size),
  ...dropoutMasks(dims, size.network, size.batch).map(({ name, shape, dtype }) => ({ name, shape, dtype })),
]

export function rewardBatches(
  dims: Dimensions,
  config: BatchSize & { timeLimitIsEnd?: boolean },
  sampler: VisitSampler,
): DrawBatch {
  const inputs = rewardInputs(dims, config)
  const masks = dropoutMasks(dims, config.network, config.batch)
  return (data, rng, batch = emptyBatch(inputs)) => {
    drawSequences(batch as NamedTensors, data, rng, dims, config, sampler)
    for (const { name } of masks) rng.mask(batch[name]!.data as Uint8Array, droppedOf256(config.network))
    return batch
  }
}

function drawSequences(
  batch: NamedTensors,
  { replay, statistics }: Data,
  rng: Rng,
  dims: Dimensions,
  { batch: B, timeLimitIsEnd = false }: { batch: number; timeLimitIsEnd?: boolean },
  sampler: VisitSampler,
): void {
  const { horizon: H, agents: N, action: A, state: S } = dims
  const starts = sampler.draw(replay, rng, B, H)
  const moments = { mean: statistics.mean, std: statistics.std }
  for (let row = 0; row < B; row++) {
    const first = starts[row % starts.length]!
    const segment = replay.place(first).episode
    for (let h = 0; h < H; h++) {
      const { episode: e, t } = replay.place(first + h)
      const episode = replay.episodes[e]!
      const place = row * H + h
      normaliseInto(batch.states!.data, place * S, episode.states, t, 1, moments)
      batch.actions!.data.set(episode.actions.subarray(t * N * A, (t + 1) * N * A), place * N * A)
      batch.segments!.data[place] = e - segment
      batch.rewards!.data[place] = episode.rewards[t]!
      const last = t === episode.length - 1
      batch.ends!.data[place] = last && isEnd(episode, timeLimitIsEnd) ? 1 : 0
    }
  }
}
