// What candidates are drawn from: a Gaussian for every entry of every step's joint action, and what the best say of it.
import type { Rng } from '../../common/rng.ts'
import { deviation, sum } from '../../common/statistics.ts'
import { colouredNoise } from './coloured-noise.ts'
import type { Method } from './methods.ts'
import type { Candidates, Constraints } from './problem.ts'

export interface Distribution {
  mean: Float64Array // [H, D]
  std: Float64Array // [H, D]
}

/** [H, D] between the bounds. */
export const middle = ({ low, high }: Constraints, horizon: number): Float64Array =>
  Float64Array.from({ length: horizon * low.length }, (_, i) => {
    const d = i % low.length
    return (low[d]! + high[d]!) / 2
  })

/** @param mean [H, D] */
export function firstDistribution(
  mean: ArrayLike<number>,
  { deviation }: Pick<Method, 'deviation'>,
  constraints: Constraints,
): Distribution {
  const halves = halfRanges(constraints)
  return {
    mean: Float64Array.from(mean),
    std: Float64Array.from(mean, (_, i) => deviation * halves[i % halves.length]!),
  }
}

/** @returns [count, H, D], not yet inside the constraints */
export function drawCandidates(
  rng: Rng,
  count: number,
  { mean, std }: Distribution,
  width: number,
  beta: number,
): Candidates {
  const size = mean.length
  const noise = colouredNoise(rng, count, size / width, width, beta)
  return noise.map((z, i) => mean[i % size]! + std[i % size]! * z)
}

/**
 * The distribution of the elites, with some of the one before.
 * @param elites [E, H, D], best first
 * @param scores [E] theirs
 */
export function followElites(
  before: Distribution,
  elites: Candidates,
  scores: readonly number[],
  method: Method,
  constraints: Constraints,
): Distribution {
  const { momentum, least, most, insideBounds } = method
  const weights = weightsOf(scores, method.temperature)
  const halves = halfRanges(constraints)
  const [size, D] = [before.mean.length, halves.length]
  const next = { mean: new Float64Array(size), std: new Float64Array(size) }
  for (let i = 0; i < size; i++) {
    const d = i % D
    const { mean, deviation } = momentsOf(elites, i, size, weights)
    next.mean[i] = (1 - momentum) * mean + momentum * before.mean[i]!
    const mixed = (1 - momentum) * deviation + momentum * before.std[i]!
    const room = insideBounds ? roomAround(next.mean[i]!, d, constraints) : Number.POSITIVE_INFINITY
    next.std[i] = Math.min(Math.max(mixed, least * halves[d]!), most * halves[d]!, room)
  }
  return next
}

function momentsOf(elites: Candidates, i: number, size: number, weights: readonly number[]) {
  const mean = sum(weights.map((weight, e) => weight * elites[e * size + i]!))
  const variance = sum(weights.map((weight, e) => weight * (elites[e * size + i]! - mean) ** 2))
  return { mean, deviation: Math.sqrt(variance) }
}

/** They sum to 1. */
function weightsOf(scores: readonly number[], temperature: number | undefined): number[] {
  if (temperature === undefined) return scores.map(() => 1 / scores.length)
  const spread = deviation(scores)
  const best = Math.max(...scores)
  const raw = scores.map((score) => Math.exp((score - best) / (temperature * spread + Number.MIN_VALUE)))
  return raw.map((weight) => weight / sum(raw))
}

const halfRanges = ({ low, high }: Constraints): Float64Array =>
  Float64Array.from(low, (least, d) => (high[d]! - least) / 2)

/** Half the way to the nearer bound. */
const roomAround = (mean: number, d: number, { low, high }: Constraints): number =>
  Math.max(0, Math.min(mean - low[d]!, high[d]! - mean)) / 2
