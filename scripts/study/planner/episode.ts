// An episode of the true environment under a controller.

import { mean } from '../../../src/common/statistics.ts'
import { tensor } from '../../../src/common/tensors.ts'
import type { GraphSession } from '../../../src/engine/session.ts'
import type { AnyParallelEnv } from '../../../src/env/parallel-env.ts'
import { NOVEL } from '../../../src/inference/planning/objective.ts'
import type { Plan } from '../../../src/inference/planning/planner.ts'
import { noveltyOf } from '../../../src/worlds/novelty.ts'
import type { OpenSimulator } from '../../../src/worlds/open-simulator.ts'
import { lettersOf } from '../../../src/worlds/world.ts'
import { type Controller, planned } from './controllers.ts'

export interface Control {
  env: AnyParallelEnv
  simulator: OpenSimulator
  policy: GraphSession
  discount: number
}

export interface Played {
  /** of a step */
  reward: number
  steps: number
  /** of a plan */
  planMs: number
  imaginedSteps: number
  /** share of planned states that the training data hardly had */
  novel: number
}

/** The latest states and the actions between them. */
export class History {
  readonly states: Float64Array[] = []
  readonly actions: Float32Array[] = []
  private readonly context: number

  constructor(context: number) {
    this.context = context
  }

  add(state: Float64Array, action?: Float32Array): void {
    this.states.push(state)
    if (action) this.actions.push(action)
    if (this.states.length <= this.context) return
    this.states.shift()
    this.actions.shift()
  }

  get start() {
    return {
      states: Float64Array.from(this.states.flatMap((state) => [...state])),
      actions: Float32Array.from(this.actions.flatMap((action) => [...action])),
    }
  }
}

export async function play(
  { env, simulator, policy, discount }: Control,
  { search, terminal = 'none', departure = 0 }: Controller,
  seed: number,
  steps: number,
): Promise<Played> {
  const { N, A, O, L } = lettersOf(simulator.spec)
  const history = new History(L)
  let { observations } = await env.reset({ seed })
  history.add(Float64Array.from(await env.state()))
  const rewards: number[] = []
  const plans: { ms: number; plan: Plan }[] = []
  while (rewards.length < steps && env.agents.length > 0) {
    const began = performance.now()
    const before = plans.at(-1)?.plan
    const request = {
      ...{ start: history.start, seed: seed * 10_000 + rewards.length },
      ...{ discount, terminal, departure, before },
    }
    const found = search && (await planned(simulator, search, request))
    if (found) plans.push({ ms: performance.now() - began, plan: found })
    const action = found ? found.actions.slice(0, N * A) : await meanAction(policy, observations, env, N * O)
    const step = await actJointly(env, action)
    observations = step.observations
    rewards.push(step.rewards[env.possibleAgents[0]!]!)
    history.add(Float64Array.from(await env.state()), action)
  }
  const novelty = plans.flatMap(({ plan }) =>
    plan.states ? [...noveltyOf(plan.states, simulator.spec)] : [],
  )
  return {
    reward: mean(rewards),
    steps: rewards.length,
    planMs: plans.length > 0 ? mean(plans.map(({ ms }) => ms)) : 0,
    imaginedSteps: plans.length > 0 ? mean(plans.map(({ plan }) => plan.imaginedSteps)) : 0,
    novel: novelty.length > 0 ? novelty.filter((z) => z > NOVEL).length / novelty.length : 0,
  }
}

/** @param action [N, A] */
export function actJointly(env: AnyParallelEnv, action: Float32Array) {
  const A = action.length / env.possibleAgents.length
  const named = env.possibleAgents.map((agent, i) => [agent, action.slice(i * A, (i + 1) * A)])
  return env.step(Object.fromEntries(named))
}

export async function meanAction(
  policy: GraphSession,
  observations: Record<string, ArrayLike<number>>,
  env: AnyParallelEnv,
  size: number,
): Promise<Float32Array> {
  const seen = Float32Array.from(env.possibleAgents.flatMap((agent) => Array.from(observations[agent]!)))
  const N = env.possibleAgents.length
  return (await policy.run({ observations: tensor([1, N, size / N], seen) })).mean!.data
}
