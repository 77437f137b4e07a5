// One agent's action, drawn from what a policy gives of it: means and deviations of the numbers, and the probability of
// every option of its choices.
import { type ActionLayout, type Group, groupsOf, layoutOf } from './action-layout.ts'
import { drawn, logDensity } from './gaussian-draw.ts'
import { gumbelOf } from './gumbel.ts'
import type { Rng } from './rng.ts'

/** By entry. Of a choice `mean` has the options' probabilities. */
export interface Moments {
  readonly mean: ArrayLike<number>
  readonly std: ArrayLike<number>
}

export interface Draw {
  /** place of the agent's first entry in the moments */
  readonly from: number
  /** and in what is written */
  readonly to: number
  /** standard normal, asked for entry by entry; 0 everywhere: the mean, and the likeliest options */
  noise(entry: number): number
  /** of the noise, default 1 */
  readonly factor?: number
}

/** Writes the action; padding stays as it is. @returns the log-probability of its choices */
export function drawAction(
  layout: ActionLayout,
  { mean, std }: Moments,
  draw: Draw,
  actions: Float32Array | Float64Array,
): number {
  const { from, to, noise, factor = 1 } = draw
  for (let i = 0; i < layout.box; i++)
    actions[to + i] = drawn(mean[from + i]!, factor * std[from + i]!, noise(i))
  return drawChoices(layout, mean, draw, actions)
}

/** As `drawAction`, of the choices alone. */
export function drawChoices(
  layout: ActionLayout,
  probabilities: ArrayLike<number>,
  draw: Draw,
  actions: Float32Array | Float64Array,
): number {
  let logProbability = 0
  for (const group of groupsOf(layout)) {
    const option = optionOf(group, probabilities, draw)
    actions.fill(0, draw.to + group.from, draw.to + group.to)
    actions[draw.to + option] = 1
    logProbability += Math.log(probabilities[draw.from + option]!)
  }
  return logProbability
}

/** The entry that is chosen. */
function optionOf({ from: first, to }: Group, probabilities: ArrayLike<number>, draw: Draw): number {
  let [option, best] = [first, Number.NEGATIVE_INFINITY]
  for (let i = first; i < to; i++) {
    const score = Math.log(probabilities[draw.from + i]!) + (draw.factor ?? 1) * gumbelOf(draw.noise(i))
    if (score > best) [option, best] = [i, score]
  }
  return option
}

/**
 * Moments [..., N, A] -> actions [..., N, A] and the log-probabilities of whole ones [..., N].
 * @param layouts of the N agents; without them all entries are numbers
 */
export function drawActions(
  { mean, std }: { mean: Float32Array; std: Float32Array },
  width: number,
  rng: Rng,
  layouts: readonly ActionLayout[] = [layoutOf(width)],
): { actions: Float32Array; logProbabilities: Float32Array } {
  const actions = new Float32Array(mean.length)
  const logProbabilities = new Float32Array(mean.length / width)
  for (let row = 0; row < logProbabilities.length; row++) {
    const layout = layouts[row % layouts.length]!
    const from = row * width
    const ofChoices = drawAction(
      layout,
      { mean, std },
      { from, to: from, noise: () => rng.normal() },
      actions,
    )
    let sum = 0
    for (let i = from; i < from + layout.box; i++)
      sum += logDensity(std[i]!, (actions[i]! - mean[i]!) / std[i]!) // of the rounded action: that one is played
    logProbabilities[row] = sum + ofChoices
  }
  return { actions, logProbabilities }
}
