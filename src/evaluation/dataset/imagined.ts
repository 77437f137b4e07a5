// Episodes that a published model imagines with its policy in the loop, or with random actions where it brings none. Each is
// a function of the model, the seed and its number alone. B rows, H steps, N agents, A action, O observation, S state.

import { drawAction } from '../../common/action-draw.ts'
import { DimaError } from '../../common/errors.ts'
import { Rng } from '../../common/rng.ts'
import type { SeenEpisode } from '../../episodes/dataset/minari.ts'
import type { ActingMode } from '../../episodes/sources/policy-actions.ts'
import { RANDOM_STD, randomPolicy } from '../../episodes/sources/random-actions.ts'
import type { Start } from '../../registry/manifest.ts'
import { inSpace, layoutOfAgent } from '../../worlds/acting.ts'
import type { OpenSimulator } from '../../worlds/open-simulator.ts'
import type { Rollout, Trajectories } from '../../worlds/rollout.ts'
import { type Begun, padded, type Starts } from '../../worlds/starts.ts'
import { lettersOf, type WorldSpec } from '../../worlds/world.ts'

export interface ImaginedOptions {
  episodes: number
  seed: number
  /** most steps of an episode */
  horizon: number
  /** undefined: random actions */
  mode: ActingMode | undefined
}

/** Imagined side by side. */
const ROWS = 64

/** DimaError `no_start` where the model brings no start states. */
export async function* imaginedEpisodes(
  simulator: OpenSimulator,
  starts: readonly Start[],
  options: ImaginedOptions,
): AsyncGenerator<SeenEpisode> {
  if (starts.length === 0) throw new DimaError('no_start', 'the model brings no start states')
  for (let from = 0; from < options.episodes; from += ROWS) {
    const numbers = Array.from({ length: Math.min(ROWS, options.episodes - from) }, (_, i) => from + i)
    const rollout = rolloutOf(simulator, starts, numbers, options)
    const begun = await simulator.begin(rollout, rollout.choice)
    const trajectories = await simulator.rollout(rollout)
    for (const row of numbers.keys()) yield episodeOf(simulator, rollout, { begun, trajectories, row })
  }
}

function rolloutOf(
  { spec, kind }: OpenSimulator,
  starts: readonly Start[],
  numbers: readonly number[],
  { seed, horizon, mode }: ImaginedOptions,
): Rollout {
  const windows = numbers.map((number) => {
    const { states, actions } = starts[number % starts.length]!
    return { states: Float64Array.from(states.flat()), actions: Float32Array.from(actions.flat(2)) }
  })
  const { N, A } = lettersOf(spec)
  const actions = new Float32Array(numbers.length * horizon * N * A)
  if (!mode) fillRandom(actions, numbers, seed, spec)
  return {
    ...(padded(spec, windows) satisfies Starts),
    horizon,
    actions,
    seed,
    seeds: Uint32Array.from(numbers, (number) => new Rng(seed, 'imagined', number).uint32()),
    choice: kind.choices.every(spec)[0],
    ...(mode ? { policy: { agents: Array<boolean>(N).fill(true), mode } } : {}),
  }
}

/** As the random policy plays, and kept inside the action space, as servers keep what they are sent. */
function fillRandom(actions: Float32Array, numbers: readonly number[], seed: number, spec: WorldSpec): void {
  const { N, A } = lettersOf(spec)
  const [low, high] = [spec.action.low, spec.action.high].map((bound) => new Float64Array(A).fill(bound))
  const policies = spec.agents.map((_, agent) =>
    randomPolicy({ low: low!, high: high!, layout: layoutOfAgent(spec, agent) }, RANDOM_STD),
  )
  const width = actions.length / numbers.length
  for (const [row, number] of numbers.entries()) {
    const rng = new Rng(seed, 'imagined-actions', number)
    for (let to = row * width; to < (row + 1) * width; to += A) {
      const agent = (to / A) % N
      const { layout, ...moments } = policies[agent]!
      drawAction(layout, moments, { from: 0, to, noise: () => rng.normal() }, actions)
      for (let i = 0; i < layout.box; i++) actions[to + i] = inSpace(spec, agent, i, actions[to + i]!)
    }
  }
}

interface Imagined {
  begun: Begun
  trajectories: Trajectories
  row: number
}

/** One row up to its first end. */
function episodeOf({ spec }: OpenSimulator, rollout: Rollout, imagined: Imagined): SeenEpisode {
  const { begun, trajectories, row } = imagined
  const { L, S, N, A, O } = lettersOf(spec)
  const { horizon: H } = rollout
  const T = trajectories.lengths[row]!
  const part = <Numbers extends Float32Array | Float64Array>(values: Numbers, width: number, count: number) =>
    values.slice(row * H * width, (row * H + count) * width) as Numbers
  const start = rollout.states.slice(((row + 1) * L - 1) * S, (row + 1) * L * S)
  const seen = part(trajectories.observations, N * O, T)
  const first = begun.observations.slice(row * N * O, (row + 1) * N * O)
  const terminated = trajectories.terminations[row * H + T - 1] === 1
  return {
    length: T,
    states: Float64Array.from([...start, ...part(trajectories.states, S, T)]),
    observations: Float32Array.from([...first, ...seen.subarray(0, (T - 1) * N * O)]),
    last: seen.slice((T - 1) * N * O),
    actions: part(trajectories.actions ?? rollout.actions, N * A, T),
    rewards: part(trajectories.rewards, 1, T),
    terminated,
    truncated: !terminated,
  }
}
