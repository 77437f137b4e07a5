// Segments of episodes that no training run saw: a start window, H actions, and what really followed.
import { DimaError } from '../common/errors.ts'
import { Rng } from '../common/rng.ts'
import type { Episode } from '../episodes/replay/episode.ts'
import type { Rollout } from '../worlds/rollout.ts'
import type { WorldSpec } from '../worlds/world.ts'

export interface Segments {
  count: number // B
  /** [B, L, S] raw, with the actions between them [B, L-1, N, A] */
  starts: Float64Array
  pastActions: Float32Array
  actions: Float32Array // [B, H, N, A]
  /** what the environment did: states after each action, and the observations and rewards that go with them */
  states: Float64Array // [B, H, S]
  observations: Float32Array // [B, H, N, O]
  rewards: Float32Array // [B, H]
  /** observations at the last state of the start window, for persistence: [B, N, O] */
  startObservations: Float32Array
}

type Sizes = {
  context: number
  horizon: number
  agents: number
  action: number
  state: number
  observation: number
}

export const sizesOf = ({ context, horizon, agents, action, state, observation }: WorldSpec): Sizes => ({
  context,
  horizon,
  agents: agents.length,
  action: action.dimension,
  state: state.length,
  observation: observation.length,
})

/** Draws segments whose L + H states lie inside an episode, uniformly. */
export function drawSegments(episodes: Episode[], count: number, seed: number, sizes: Sizes): Segments {
  const { context: L, horizon: H } = sizes
  const rng = new Rng(seed, 'segments')
  const long = episodes.filter(({ length }) => length > L + H)
  if (long.length === 0) throw new DimaError('invalid_config', tooShort(episodes, sizes))
  const places = Array.from({ length: count }, () => {
    const episode = long[rng.int(long.length)]!
    return { episode, first: rng.int(episode.length - L - H) } // observations reach one step past the last action
  })
  const joint = sizes.agents * sizes.action
  const seen = sizes.agents * sizes.observation
  const gather = <T extends Float32Array | Float64Array>(
    pick: (episode: Episode) => T,
    offset: number,
    steps: number,
    width: number,
  ): T => {
    const parts = places.map(({ episode, first }) => {
      const from = (first + offset) * width
      return pick(episode).subarray(from, from + steps * width) as T
    })
    const whole = new (parts[0]!.constructor as new (length: number) => T)(count * steps * width)
    for (const [i, part] of parts.entries()) whole.set(part, i * steps * width)
    return whole
  }
  return {
    count,
    starts: gather(({ states }) => states, 0, L, sizes.state),
    pastActions: gather(({ actions }) => actions, 0, L - 1, joint),
    actions: gather(({ actions }) => actions, L - 1, H, joint),
    states: gather(({ states }) => states, L, H, sizes.state),
    observations: gather(({ observations }) => observations, L, H, seen),
    rewards: gather(({ rewards }) => rewards, L - 1, H, 1),
    startObservations: gather(({ observations }) => observations, L - 1, 1, seen),
  }
}

const tooShort = (episodes: Episode[], { context: L, horizon: H }: Sizes): string =>
  `none of ${episodes.length} episodes is longer than ${L + H} steps, a window of ${L} states and the ${H} actions that follow`

/** The rollout that imagines these segments. */
export const rolloutOf = (segments: Segments, sizes: Sizes, choice: unknown, seed: number): Rollout => ({
  batch: segments.count,
  horizon: sizes.horizon,
  states: segments.starts,
  windows: new Int32Array(segments.count).fill(sizes.context),
  pastActions: segments.pastActions,
  actions: segments.actions,
  seed,
  choice,
})
