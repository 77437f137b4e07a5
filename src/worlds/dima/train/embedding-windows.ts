// Windows of joint actions as the action encoder is asked for them, with the agents that are visible: those of episodes, and
// random ones all over the action box, because a client's policy is none that the data knows.
import type { Rng } from '../../../common/rng.ts'
import { type Tensor, tensor } from '../../../common/tensors.ts'
import type { Dimensions } from '../../../networks/dimensions.ts'
import { drawVisible } from './denoiser-batch.ts'

/** R windows of L joint actions, the one to take last; zeros are padding before an episode. */
export type ActionWindows = Record<'actions' | 'mask', Tensor> // [R, L, N, A], [R, L, N]

export interface WindowSource {
  dims: Pick<Dimensions, 'context' | 'agents' | 'action'>
  low: number
  high: number
  /** [T, N, A] of each episode; none: random windows only */
  played: readonly Float32Array[]
}

/** Share of windows from episodes, where there are any. */
const PLAYED_SHARE = 0.5
/** Of the random windows those whose first steps are padding. */
const PADDED_SHARE = 0.15
/** Plans show one agent, all, or a growing group. */
const SHARES = { oneAgentShare: 0.4, allAgentsShare: 0.4 }

export function drawActionWindows(source: WindowSource, count: number, rng: Rng): ActionWindows {
  const { context: L, agents: N, action: A } = source.dims
  const [actions, mask] = [tensor([count, L, N, A]), tensor([count, L, N])]
  const size = L * N * A
  for (let row = 0; row < count; row++) {
    fill(actions.data.subarray(row * size, (row + 1) * size), source, rng)
    const shown = mask.data.subarray(row * L * N, (row + 1) * L * N).fill(1, 0, (L - 1) * N)
    for (const agent of drawVisible(rng, N, SHARES)) shown[(L - 1) * N + agent] = 1
  }
  return { actions, mask }
}

function fill(window: Float32Array, source: WindowSource, rng: Rng): void {
  const { dims, played } = source
  const real = played.length > 0 && rng.uniform() < PLAYED_SHARE
  const draw = real ? cut : DRAWS[rng.int(DRAWS.length)]!
  draw(window, source, rng)
  if (!real && rng.uniform() < PADDED_SHARE)
    window.fill(0, 0, (rng.int(dims.context) * window.length) / dims.context)
}

type DrawWindow = (window: Float32Array, source: WindowSource, rng: Rng) => void

/** A window that ends at a step of an episode. */
const cut: DrawWindow = (window, { played, dims }, rng) => {
  const episode = played[rng.int(played.length)]!
  const joint = dims.agents * dims.action
  const end = (rng.int(episode.length / joint) + 1) * joint
  const from = Math.max(0, end - window.length)
  window.set(episode.subarray(from, end), window.length - (end - from))
}

const uniform: DrawWindow = (window, { low, high }, rng) => {
  for (let i = 0; i < window.length; i++) window[i] = low + (high - low) * rng.uniform()
}

/** Every other number at a bound. */
const saturated: DrawWindow = (window, source, rng) => {
  uniform(window, source, rng)
  for (let i = 0; i < window.length; i++)
    if (rng.int(2) === 0) window[i] = rng.int(2) === 0 ? source.low : source.high
}

/** One joint action, of either sort, in all steps. */
const held: DrawWindow = (window, source, rng) => {
  const joint = window.length / source.dims.context
  const draw = rng.int(2) === 0 ? uniform : saturated
  draw(window.subarray(0, joint), source, rng)
  for (let at = joint; at < window.length; at += joint) window.copyWithin(at, 0, joint)
}

/** About a mean, as a Gaussian policy acts, past the bounds now and then. */
const gaussian: DrawWindow = (window, source, rng) => {
  const reach = (source.high - source.low) / 2
  held(window, source, rng)
  const [shrink, std] = [rng.uniform(), 0.5 * reach * rng.uniform()]
  for (let i = 0; i < window.length; i++) window[i] = shrink * window[i]! + std * rng.normal()
}

const DRAWS: readonly DrawWindow[] = [uniform, saturated, held, gaussian]
