// What the denoiser is trained on (method.md 2.4, 2.5, 2.9): windows of L + J states with the actions between them, and for
// each of the J targets a noise level, noise, and the agents that are visible.
import type { Rng } from '../../../common/rng.ts'
import { sum } from '../../../common/statistics.ts'
import type { NamedTensors } from '../../../common/tensors.ts'
import type { Data } from '../../../episodes/replay/intake.ts'
import { type DrawBatch, emptyBatch, type Input, normaliseInto } from '../../../learning/objectives.ts'
import type { Dimensions } from '../../../networks/dimensions.ts'
import { SIGMA_DATA } from '../networks/presets.ts'
import type { WorldModelHyperparameters } from './hyperparameters.ts'

type Config = WorldModelHyperparameters['denoiser'] & Pick<WorldModelHyperparameters, 'recency'>
export type BatchSize = Pick<Config, 'batch' | 'selfFed' | 'samplerShare'>

/** How many rows begin as a sampler does: the last of a batch. */
export const sampledRows = ({ batch, samplerShare }: Omit<BatchSize, 'selfFed'>): number =>
  Math.round(batch * samplerShare)

export function denoiserInputs(
  { context: L, agents: N, action: A, state: S }: Dimensions,
  { batch: B, selfFed: J }: BatchSize,
): Input[] {
  return [
    { name: 'states', shape: [B, L + J, S] },
    { name: 'actions', shape: [B, L + J - 1, N, A] },
    { name: 'valid', shape: [B, J] }, // 0 where the target itself is padding
    { name: 'sigma', shape: [B, J] },
    { name: 'noise', shape: [B, J, S] },
    { name: 'visible', shape: [B, J, N] },
    { name: 'entry_weights', shape: [S] }, // in the loss; they add up to 1
  ]
}

export const denoiserBatches =
  (dims: Dimensions, config: Config): DrawBatch =>
  (data, rng, into = emptyBatch(denoiserInputs(dims, config))) => {
    const batch = into as NamedTensors
    for (let row = 0; row < config.batch; row++) {
      fillWindow(data, rng, dims, config, batch, row)
      for (let j = 0; j < config.selfFed; j++) {
        batch.sigma!.data[row * config.selfFed + j] = drawSigma(rng, config)
        const place = (row * config.selfFed + j) * dims.agents
        for (const agent of drawVisible(rng, dims.agents, config)) batch.visible!.data[place + agent] = 1
      }
    }
    batch.noise!.data.set(rng.normals(batch.noise!.data.length))
    batch.entry_weights!.data.set(entryWeights(data.statistics.moves, config.restWeight))
    return into
  }

/** Entries that never moved count for less, so that those that do are not lost among them (84 of Ant's 111 rest). */
export function entryWeights(moves: readonly boolean[], restWeight: number): number[] {
  const weights = moves.map((moving) => (moving ? 1 : restWeight))
  const total = sum(weights)
  return weights.map((weight) => (total > 0 ? weight / total : 1 / weights.length))
}

/** One window of L + J states with the actions between them, left-padded with zeros before the episode. */
function fillWindow(
  { replay, statistics, recency }: Data,
  rng: Rng,
  dims: Dimensions,
  config: Config,
  batch: NamedTensors,
  row: number,
) {
  const { context: L, agents: N, action: A, state: S } = dims
  const size = L + config.selfFed
  const { episode: index, start } = replay.window(rng, size, recency ?? config.recency)
  const episode = replay.episodes[index]!
  const padding = Math.max(0, -start)
  const first = start + padding
  const [states, actions] = [batch.states!.data, batch.actions!.data]
  const moments = { mean: statistics.mean, std: statistics.std }
  normaliseInto(
    states,
    (row * size + padding) * S,
    episode.states,
    first,
    size - padding,
    moments,
    SIGMA_DATA,
  )
  const count = Math.max(0, size - 1 - padding)
  const joint = N * A
  actions.set(
    episode.actions.subarray(first * joint, (first + count) * joint),
    (row * (size - 1) + padding) * joint,
  )
  for (let j = 0; j < config.selfFed; j++)
    batch.valid!.data[row * config.selfFed + j] = L + j >= padding ? 1 : 0
}

/** ln sigma ~ N(mean, std²), clipped. */
function drawSigma(rng: Rng, { sigmaLogMean, sigmaLogStd, sigmaMin, sigmaMax }: Config): number {
  return Math.min(sigmaMax, Math.max(sigmaMin, Math.exp(sigmaLogMean + sigmaLogStd * rng.normal())))
}

/** The visible agents of one step: one, all, or a random group of two or more (method.md 7.6). */
export function drawVisible(
  rng: Rng,
  agents: number,
  config: Pick<Config, 'oneAgentShare' | 'allAgentsShare'>,
): number[] {
  const u = rng.uniform()
  const order = rng.permutation(agents)
  if (u < config.oneAgentShare || agents === 1) return order.slice(0, 1)
  if (u < config.oneAgentShare + config.allAgentsShare) return order
  return order.slice(0, 2 + rng.int(agents - 1))
}
