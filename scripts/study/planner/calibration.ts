// What plans promise against what they earn: from states that the policy comes to, a plan is found and then played to its end
// without another look, in the true environment.
import { mean, sum } from '../../../src/common/statistics.ts'
import type { Objective } from '../../../src/inference/planning/problem.ts'
import { CONTROLLERS, planned } from './controllers.ts'
import { actJointly, type Control, History, meanAction } from './episode.ts'

/** Steps of the policy between one state to plan in and the next. */
const APART = 7

export interface Calibrated {
  samples: number
  risk: number
  plans: number
  /** mean over plans: rewards of the horizon, undiscounted */
  promised: number
  earned: number
  /** correlation of the two over the plans */
  correlation: number
}

export type Care = Pick<Objective, 'samples' | 'risk'>

export async function calibration(
  control: Control,
  plans: number,
  seed: number,
  care: Care,
): Promise<Calibrated> {
  const pairs: [promised: number, earned: number][] = []
  for (let i = 0; i < plans; i++) pairs.push(await promise(control, seed + i, APART * i, care))
  const [promised, earned] = [pairs.map(([one]) => one), pairs.map(([, one]) => one)]
  return {
    ...care,
    plans,
    promised: mean(promised),
    earned: mean(earned),
    correlation: correlationOf(promised, earned),
  }
}

/** Of the plan after so many steps of the policy. */
async function promise(
  { env, simulator, policy }: Control,
  seed: number,
  steps: number,
  care: Care,
): Promise<[number, number]> {
  const { observation, context } = simulator.spec
  const history = new History(context)
  let { observations } = await env.reset({ seed })
  history.add(Float64Array.from(await env.state()))
  for (let t = 0; t < steps; t++) {
    const action = await meanAction(policy, observations, env, env.possibleAgents.length * observation.length)
    const step = await actJointly(env, action)
    observations = step.observations
    history.add(Float64Array.from(await env.state()), action)
  }
  const request = { start: history.start, seed, discount: 1, terminal: 'none' as const, care }
  const { actions, worth } = await planned(
    simulator,
    CONTROLLERS.find(({ name }) => name === 'iCEM + policy')!.search!,
    request,
  )
  const D = simulator.spec.action.dimension * env.possibleAgents.length
  const earned: number[] = []
  for (let t = 0; t < actions.length / D; t++)
    earned.push((await actJointly(env, actions.slice(t * D, (t + 1) * D))).rewards[env.possibleAgents[0]!]!)
  return [worth!.expected, sum(earned)]
}

function correlationOf(a: readonly number[], b: readonly number[]): number {
  const [ma, mb] = [mean(a), mean(b)]
  const product = (x: readonly number[], mx: number, y: readonly number[], my: number) =>
    sum(x.map((value, i) => (value - mx) * (y[i]! - my)))
  return product(a, ma, b, mb) / Math.sqrt(product(a, ma, a, ma) * product(b, mb, b, mb))
}
