// The trials that two models are put to: start windows of held-out episodes, the actions that followed, and what really
// happened then. B rows, H steps, L context, N agents, A action, S state.
import { DimaError } from '../../common/errors.ts'
import { Rng } from '../../common/rng.ts'
import type { Episode } from '../../episodes/replay/episode.ts'
import type { Rollout } from '../../worlds/rollout.ts'
import { lettersOf, type WorldSpec } from '../../worlds/world.ts'

export interface Trial {
  /** all that a rollout needs but what is chosen */
  rollout: Omit<Rollout, 'choice'>
  states: Float64Array // [B, H, S] after each action
  rewards: Float32Array // [B, H]
}

export interface Trials {
  /** inside episodes that go on after the last action */
  segments: Trial
  /** the same from the first state of an episode, as sessions begin */
  fromRest: Trial
  /** the last steps of episodes that the environment ended; undefined when it ended none */
  ends: Trial | undefined
}

/** Where a row starts: in state `at` of an episode, whose states before it are its context. */
interface Place {
  episode: Episode
  at: number
}

export function createTrials(
  spec: WorldSpec,
  episodes: readonly Episode[],
  { segments, seed }: { segments: number; seed: number },
): Trials {
  const { horizon: H } = spec
  const long = episodes.filter(({ length }) => length > H)
  if (long.length === 0)
    throw new DimaError(
      'invalid_config',
      `none of ${episodes.length} held-out episodes is longer than ${H} steps; more of them may be: --episodes`,
    )
  const rng = new Rng(seed, 'comparison')
  const places = Array.from({ length: segments }, () => {
    const episode = long[rng.int(long.length)]!
    return { episode, at: rng.int(episode.length - H) }
  })
  const ended = episodes.filter(({ terminated, length }) => terminated && length >= H)
  const trial = (rows: readonly Place[]) => trialOf(spec, rows, seed)
  return {
    segments: trial(places),
    fromRest: trial(long.map((episode) => ({ episode, at: 0 }))),
    ends: ended.length > 0 ? trial(ended.map((episode) => ({ episode, at: episode.length - H }))) : undefined,
  }
}

function trialOf(spec: WorldSpec, places: readonly Place[], seed: number): Trial {
  const { L, N, A, S } = lettersOf(spec)
  const [B, H] = [places.length, spec.horizon]
  const windows = Int32Array.from(places, ({ at }) => Math.min(L, at + 1))
  const starts = new Float64Array(B * L * S) // left-padded
  const pastActions = new Float32Array(B * (L - 1) * N * A)
  const actions = new Float32Array(B * H * N * A)
  const states = new Float64Array(B * H * S)
  const rewards = new Float32Array(B * H)
  for (const [row, { episode, at }] of places.entries()) {
    const first = at + 1 - windows[row]! // the oldest state of the window
    const own = {
      states: episode.states.subarray(first * S),
      actions: episode.actions.subarray(first * N * A),
    }
    const [known, taken] = [windows[row]! * S, (windows[row]! - 1) * N * A]
    starts.set(own.states.subarray(0, known), (row + 1) * L * S - known)
    pastActions.set(own.actions.subarray(0, taken), (row + 1) * (L - 1) * N * A - taken)
    actions.set(episode.actions.subarray(at * N * A, (at + H) * N * A), row * H * N * A)
    states.set(episode.states.subarray((at + 1) * S, (at + 1 + H) * S), row * H * S)
    rewards.set(episode.rewards.subarray(at, at + H), row * H)
  }
  return {
    rollout: { batch: B, horizon: H, states: starts, windows, pastActions, actions, seed },
    states,
    rewards,
  }
}
