// A critic whose units follow the returns of late, without forgetting what it knows: when mean and deviation of the
// normaliser move, its head is scaled so that every value stays what it was (PopArt, van Hasselt et al. 2016, arXiv
// 1602.07714).
import { planBuckets, unpackBuckets } from '../../graph/train-step.ts'
import type { Trains } from '../../learning/lanes/trains.ts'
import type { Critic } from '../../networks/critic.ts'
import type { Moments } from './value-normaliser.ts'

/** Of a learner whose values are in units `from`: the same values in units `to`. Adam's moments stay. */
export async function rescaleValues(
  learner: Trains,
  critic: Critic,
  from: Moments,
  to: Moments,
): Promise<void> {
  const state = await learner.state()
  const p = state.p.map((bucket) => bucket.slice())
  rescaleHead(p, critic, from, to)
  await learner.restore({ ...state, p })
}

/** @param p parameters by bucket, changed in place */
export function rescaleHead(
  p: Float32Array[],
  { parameters, head }: Critic,
  from: Moments,
  to: Moments,
): void {
  const weights = unpackBuckets(planBuckets(parameters), p)
  const [weight, bias] = [weights.get(head.weight)!, weights.get(head.bias)!]
  for (let i = 0; i < weight.length; i++) weight[i]! *= from.std / to.std
  bias[0] = (bias[0]! * from.std + from.mean - to.mean) / to.std
}
