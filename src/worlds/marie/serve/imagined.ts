// The steps of a rollout as they are imagined. B rows, H steps, N agents, A action, K tokens, O observation.
import { concatenate, cutRows, pasteRows } from '../../../common/tensors.ts'
import { rolloutStreams } from '../../noise.ts'
import type { Rollout } from '../../rollout.ts'
import { RolloutActor } from '../../rollout-actor.ts'
import { emptyCache } from './cache.ts'
import type { Calls } from './calls.ts'
import { type History, later, presentTokens } from './history.ts'
import { walk } from './walk.ts'

/** Name of the random numbers that an imagined step's tokens are drawn by. */
export const PURPOSE = 'token'

export interface Imagined {
  /** [B, H, N, K] after each action */
  tokens: Float32Array
  /** [B, H] */
  rewards: Float32Array
  ends: Float32Array
  actor: RolloutActor | undefined
  /** [B, H, N, O] what the policy acted on; empty without one */
  seen: Float32Array
}

/**
 * @param keys [B] noise.ts
 * @param starts [B] where each row begins
 */
export async function imagine(
  calls: Calls,
  rollout: Rollout,
  keys: Uint32Array,
  starts: readonly History[],
): Promise<Imagined> {
  const { N, A, K, O } = calls.sizes
  const { batch: B, horizon: H, policy } = rollout
  const streams = rolloutStreams(rollout, keys)
  const actor = policy && new RolloutActor(calls.spec, rollout, policy)
  const seen = new Float32Array(actor ? B * H * N * O : 0)
  const imagined = {
    tokens: new Float32Array(B * H * N * K),
    rewards: new Float32Array(B * H),
    ends: new Float32Array(B * H),
  }
  const caches = starts.map(emptyCache)
  let histories = [...starts]
  for (let t = 0; t < H; t++) {
    if (actor) {
      const present = histories.map((history) => presentTokens(calls.sizes, history).slice())
      const observations = await calls.decode(concatenate(present))
      actor.act(t, await calls.lean(observations), streams)
      pasteRows(seen, B, t * N * O, observations)
    }
    const taken = cutRows(actor?.actions ?? rollout.actions, B, t * N * A, N * A)
    const uniforms = streams.uniforms(N * K, [t, PURPOSE])
    const part = (values: Float32Array, row: number, width: number) =>
      values.subarray(row * width, (row + 1) * width)
    const walking = histories.map((history, row) => ({
      ...{ history, cached: caches[row]! },
      actions: part(taken, row, N * A),
      uniforms: part(uniforms, row, N * K),
    }))
    const { next, rewards, ends } = await walk(calls, walking)
    histories = walking.map(({ history, actions }, row) =>
      later(calls.sizes, history, actions, part(next, row, N * K)),
    )
    pasteRows(imagined.tokens, B, t * N * K, next)
    pasteRows(imagined.rewards, B, t, rewards)
    pasteRows(imagined.ends, B, t, ends)
  }
  return { ...imagined, actor, seen }
}
