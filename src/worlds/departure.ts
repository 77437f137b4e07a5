// How far given actions are from a policy's: the policy knows only what it did itself, and so does its value of states.
// B rows, H steps, N agents, A action, S state.
import { groupsOf } from '../common/action-layout.ts'
import { type Leanings, layoutOfAgent } from './acting.ts'
import type { Rollout, Trajectories } from './rollout.ts'
import { lettersOf, type WorldSpec } from './world.ts'

/** [B, H, S] the state that each action is taken in. */
export function statesBefore(
  spec: WorldSpec,
  { batch: B, horizon: H, states: windows }: Rollout,
  { states }: Pick<Trajectories, 'states'>,
): Float64Array {
  const { L, S } = lettersOf(spec)
  const before = new Float64Array(B * H * S)
  for (let row = 0; row < B; row++) {
    before.set(windows.subarray(((row + 1) * L - 1) * S, (row + 1) * L * S), row * H * S)
    before.set(states.subarray(row * H * S, ((row + 1) * H - 1) * S), (row * H + 1) * S)
  }
  return before
}

/**
 * How much less likely an agent's action is than the likeliest one: twice the difference of log-densities, which for numbers
 * is the squared distance from the mean in deviations.
 * @param actions [M, N, A]
 * @returns [M, N]
 */
export function departuresOf(
  spec: WorldSpec,
  { mean, std }: Pick<Leanings, 'mean' | 'std'>,
  actions: Float32Array,
): Float32Array {
  const { N, A } = lettersOf(spec)
  return Float32Array.from({ length: actions.length / A }, (_, i) => {
    const layout = layoutOfAgent(spec, i % N)
    let sum = 0
    for (let at = i * A; at < i * A + layout.box; at++) sum += ((actions[at]! - mean[at]!) / std[at]!) ** 2
    for (const { from, to } of groupsOf(layout)) {
      const probabilities = mean.subarray(i * A + from, i * A + to)
      const chosen = actions.subarray(i * A + from, i * A + to).indexOf(1)
      sum += 2 * (Math.log(Math.max(...probabilities)) - Math.log(probabilities[chosen]!))
    }
    return sum
  })
}
