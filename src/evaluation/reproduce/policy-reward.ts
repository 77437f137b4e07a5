// Check 12: what the policy earns in imagination. An imagined reward that runs away while the real one stalls is
// exploitation of the model.
import { sizesOf } from '../held-out.ts'
import { compareRewards, policyImagination } from '../imagined-reward.ts'
import type { Measure } from './measure.ts'
import type { Subject } from './subject.ts'

export async function policyReward({
  model,
  simulator,
  episodes,
  segments,
  seed,
}: Subject): Promise<Measure[]> {
  const sizes = sizesOf(model.spec)
  const imagine = policyImagination(simulator, seed)
  const found = await compareRewards(episodes, imagine, { segments, seed, sizes })
  const source = '9.12'
  const reported = (figure: string, value: number): Measure => ({ figure, value, source, why: 'a step' })
  return [
    reported('mean reward, imagined', found.imagined),
    reported('mean reward, real', found.real),
    {
      figure: 'imagined against real mean reward, relative',
      value: found.relativeError,
      high: 0.2,
      source,
      why: 'above: the policy exploits the model, or the model does not know where the policy goes',
    },
  ]
}
