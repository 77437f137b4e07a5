// Episodes that training did not see: played by the run's own policy, whose states are those that its model has to know,
// and by the random policy, or from recorded data, where a run has none.
import type { Episode } from '../episodes/replay/episode.ts'
import type { ActingMode } from '../episodes/sources/policy-actions.ts'
import type { EpisodeSource } from '../episodes/sources/source.ts'
import type { TrainedModel } from '../runs/trained-model.ts'
import { openPlayerOf } from './player.ts'

type Player = Pick<TrainedModel, 'spec' | 'graphs' | 'networks' | 'weights'>

/** With sampled actions, as the policy played while it learned. */
export const unseenEpisodes = (
  model: Player,
  source: EpisodeSource,
  count: number,
  seed: number,
): Promise<Episode[]> =>
  model.networks.policy && source.play
    ? playPolicy(model, source, { mode: 'sample', count, seed })
    : source.heldOut(count, seed)

interface Playing {
  mode: ActingMode
  count: number
  seed: number
}

/** Of a model with a policy, in a source that can be played in. */
export async function playPolicy(
  player: Player,
  source: EpisodeSource,
  { mode, count, seed }: Playing,
): Promise<Episode[]> {
  const policy = await openPlayerOf(player)
  try {
    return await source.play!(policy, mode, count, seed)
  } finally {
    await policy.close()
  }
}
