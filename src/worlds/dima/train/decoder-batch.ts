// What the state decoder is trained on: single transitions drawn from the least visited (method.md 1).
import type { NamedTensors } from '../../../common/tensors.ts'
import type { VisitSampler } from '../../../episodes/replay/replay.ts'
import { type DrawBatch, emptyBatch, type Input, normaliseInto } from '../../../learning/objectives.ts'
import type { Dimensions } from '../../../networks/dimensions.ts'

export const decoderInputs = (
  { agents: N, observation: O, state: S }: Dimensions,
  { batch: B }: { batch: number },
): Input[] => [
  { name: 'states', shape: [B, S] },
  { name: 'observations', shape: [B, N, O] },
]

export const decoderBatches =
  (dims: Dimensions, size: { batch: number }, sampler: VisitSampler): DrawBatch =>
  ({ replay, statistics }, rng, into = emptyBatch(decoderInputs(dims, size))) => {
    const { agents: N, observation: O, state: S } = dims
    const { states, observations } = into as NamedTensors
    const moments = { mean: statistics.mean, std: statistics.std }
    const indices = sampler.draw(replay, rng, size.batch)
    for (let row = 0; row < size.batch; row++) {
      const { episode: e, t } = replay.place(indices[row % indices.length]!)
      const episode = replay.episodes[e]!
      normaliseInto(states!.data, row * S, episode.states, t, 1, moments)
      observations!.data.set(episode.observations.subarray(t * N * O, (t + 1) * N * O), row * N * O)
    }
    return into
  }
