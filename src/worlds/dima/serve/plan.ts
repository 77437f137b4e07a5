// A sampling plan: which noise levels a next state is sampled at and which agents' actions are visible at each
// (method.md 2.8 and 7.6).
//   sequential   one agent at a time in order p (the paper), 2N or N levels
//   joint        all agents visible, two levels by default
//   progressive  agents revealed in order p and kept visible
import { DimaError } from '../../../common/errors.ts'
import type { PlanName, SamplingConfig } from './manifest.ts'

/** How the agents' actions are shown to the denoiser: what a request may choose of this kind. */
export interface PlanRequest {
  name: PlanName
  /** The order p of sequential and progressive: a permutation of 0..N-1, or for `sequential` K agent indices. */
  order: number[]
}

export interface Level {
  sigma: number
  /** the next level's noise, 0 at the end */
  next: number
  /** agents whose current action is visible, ascending */
  visible: number[]
}

/** K of the paper: each agent twice when there are at most two, else once. */
export const sequentialSteps = (agents: number): number => (agents <= 2 ? 2 * agents : agents)

/** Karras et al. 2022, eq. 5: `steps` levels from sigmaMax to sigmaMin, then 0. */
export function noiseLevels(
  steps: number,
  { sigmaMax, sigmaMin, rho }: Pick<SamplingConfig, 'sigmaMax' | 'sigmaMin' | 'rho'>,
): number[] {
  const [high, low] = [sigmaMax ** (1 / rho), sigmaMin ** (1 / rho)]
  const at = (i: number) => (high + (steps > 1 ? i / (steps - 1) : 0) * (low - high)) ** rho
  return [...Array.from({ length: steps }, (_, i) => at(i)), 0]
}

/** Repeats every agent consecutively until the order has `steps` entries: [1, 0] -> [1, 1, 0, 0]. */
export function expandOrder(order: readonly number[], steps: number): number[] {
  if (steps % order.length !== 0) {
    throw new DimaError('invalid_request', 'the order does not divide the denoising steps', {
      field: 'order',
      expected: `a divisor of ${steps}`,
      given: order.length,
    })
  }
  return order.flatMap((agent) => Array<number>(steps / order.length).fill(agent))
}

const ascending = (agents: Iterable<number>) => [...agents].sort((a, b) => a - b)

export function expandPlan({ name, order }: PlanRequest, agents: number, sampling: SamplingConfig): Level[] {
  const steps = name === 'joint' ? sampling.jointSteps : sampling.sequentialSteps
  const sigmas = noiseLevels(steps, sampling)
  const everyone = Array.from({ length: agents }, (_, agent) => agent)
  const sequence = name === 'joint' ? [] : expandOrder(order, steps)
  const visibleAt = (step: number) => {
    if (name === 'joint') return everyone
    return name === 'sequential' ? [sequence[step]!] : ascending(new Set(sequence.slice(0, step + 1)))
  }
  return Array.from({ length: steps }, (_, i) => ({
    sigma: sigmas[i]!,
    next: sigmas[i + 1]!,
    visible: visibleAt(i),
  }))
}
