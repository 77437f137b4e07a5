// What the samples of a row say together: mean, quantiles, and how much they disagree.
// B rows, n samples, H steps, S state entries, Q levels. Trajectories have B*n rows, those of a row together.
import { setImmediate } from 'node:timers/promises'
import type { Trajectories } from '../../worlds/rollout.ts'
import { WireTensor } from '../wire/tensor.ts'

export interface SpreadOptions {
  /** n */
  samples: number
  horizon: number
  /** [Q] from 0 to 1 */
  quantiles: readonly number[]
  /** [S] standard deviations of the state in the model's training data */
  std: readonly number[]
}

/** Numbers that are sorted before other work gets its turn, about two milliseconds. */
const TURN = 16_384

export async function spreadOf(
  { states, rewards, terminations }: Pick<Trajectories, 'states' | 'rewards' | 'terminations'>,
  { samples: n, horizon: H, quantiles: levels, std }: SpreadOptions,
) {
  const [B, Q, S] = [rewards.length / (n * H), levels.length, std.length]
  const state = await summarise(states, n, H * S, levels)
  const reward = await summarise(rewards, n, H, levels)
  return {
    samples: n,
    quantile_levels: levels,
    states: {
      mean: new WireTensor(state.mean, [B, H, S]),
      quantiles: new WireTensor(state.quantiles, [Q, B, H, S]),
    },
    rewards: {
      mean: new WireTensor(reward.mean, [B, H]),
      quantiles: new WireTensor(reward.quantiles, [Q, B, H]),
    },
    termination_rates: new WireTensor(endedShares(terminations, n, H), [B, H]),
    disagreement: new WireTensor(disagreements(state.deviation, std), [B, H]),
  }
}

interface Summary {
  mean: Float64Array // [B, width]
  deviation: Float64Array // [B, width]
  quantiles: Float64Array // [Q, B, width]
}

/** Over the samples of each row: values [B, n, width]. */
async function summarise(
  values: Float32Array | Float64Array,
  n: number,
  width: number,
  levels: readonly number[],
): Promise<Summary> {
  const size = values.length / n
  const summary: Summary = {
    mean: new Float64Array(size),
    deviation: new Float64Array(size),
    quantiles: new Float64Array(levels.length * size),
  }
  const group = new Float64Array(n)
  let sinceTurn = 0
  for (let at = 0; at < size; at++) {
    const row = Math.floor(at / width)
    for (let sample = 0; sample < n; sample++)
      group[sample] = values[(row * n + sample) * width + (at % width)]!
    describe(group, levels, summary, at, size)
    sinceTurn += n
    if (sinceTurn < TURN) continue
    sinceTurn = 0
    await setImmediate()
  }
  return summary
}

function describe(
  group: Float64Array,
  levels: readonly number[],
  { mean, deviation, quantiles }: Summary,
  at: number,
  size: number,
): void {
  group.sort()
  let sum = 0
  for (const value of group) sum += value
  const centre = sum / group.length
  let squares = 0
  for (const value of group) squares += (value - centre) ** 2
  mean[at] = centre
  deviation[at] = Math.sqrt(squares / group.length)
  for (let q = 0; q < levels.length; q++) quantiles[q * size + at] = quantile(group, levels[q]!)
}

/** Linear between neighbours, as NumPy's default. `sorted` is ascending. */
function quantile(sorted: Float64Array, level: number): number {
  const place = level * (sorted.length - 1)
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!]
  return below + (above - below) * (place % 1)
}

/** [B, H] share of samples whose first end is at this step or before. */
function endedShares(terminations: Uint8Array, n: number, H: number): Float64Array {
  const shares = new Float64Array(terminations.length / n)
  for (let row = 0; row < terminations.length / H; row++) {
    let ended = 0
    for (let t = 0; t < H; t++) {
      ended ||= terminations[row * H + t]!
      shares[Math.floor(row / n) * H + t]! += ended / n
    }
  }
  return shares
}

/** [B, H, S] to [B, H]: in units of `std`, mean over the entries. */
function disagreements(deviation: Float64Array, std: readonly number[]): Float64Array {
  const S = std.length
  const means = new Float64Array(deviation.length / S)
  for (let i = 0; i < deviation.length; i++) means[Math.floor(i / S)]! += deviation[i]! / std[i % S]! / S
  return means
}
