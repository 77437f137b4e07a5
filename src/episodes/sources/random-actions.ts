// Actions of the random policy for many copies: a Gaussian actor before its first update (method.md 4.1), in the middle of
// the action space and as wide as the space: for [-1, 1] mean 0 and the given standard deviation. Not clipped. Choices are
// made evenly.
import { drawAction } from '../../common/action-draw.ts'
import { type ActionLayout, groupsOf } from '../../common/action-layout.ts'
import type { Rng } from '../../common/rng.ts'
import type { PerAgent } from '../../env/parallel-env.ts'
import { type Box, layoutIn } from '../../env/spaces.ts'
import type { VectorEnv } from '../../env/vector/vector-env.ts'
import type { Actions } from './actions.ts'

/** Standard deviation of the random policy, unless asked otherwise: 0.5 sigmoid(1), an untrained actor's (method.md 4.1). */
export const RANDOM_STD = 0.3655

/** By entry; of a choice its options, all as likely. */
export interface RandomPolicy {
  readonly layout: ActionLayout
  readonly mean: Float64Array // [A]
  readonly std: Float64Array // [A]
}

interface AgentActions extends RandomPolicy {
  readonly name: string
  readonly values: Float32Array // [E, A]
}

export class RandomActions implements Actions {
  /** agent -> [E, A], what `draw` has written last */
  readonly values: PerAgent<Float32Array>
  private readonly agents: readonly AgentActions[]

  constructor(env: VectorEnv, std: number) {
    this.agents = env.possibleAgents.map((name) =>
      agentActions(name, env.actionSpace(name), env.numEnvs, std),
    )
    this.values = Object.fromEntries(this.agents.map(({ name, values }) => [name, values]))
  }

  /** Does nothing: random actions are drawn without looking. */
  async see(): Promise<void> {}

  /** Draws one copy's joint action, agent by agent. */
  draw(copy: number, rng: Rng): void {
    for (const { layout, values, mean, std } of this.agents)
      drawAction(
        layout,
        { mean, std },
        { from: 0, to: copy * mean.length, noise: () => rng.normal() },
        values,
      )
  }

  /** One copy's actions, agent by agent, sharing memory. */
  of(copy: number): Float32Array[] {
    return this.agents.map(({ values, mean: { length } }) =>
      values.subarray(copy * length, (copy + 1) * length),
    )
  }
}

function agentActions(name: string, space: Box, copies: number, std: number): AgentActions {
  return { name, values: new Float32Array(copies * space.low.length), ...randomPolicy(space, std) }
}

/** What an agent's random actions are drawn from. */
export function randomPolicy(space: Pick<Box, 'low' | 'high' | 'layout'>, std: number): RandomPolicy {
  const { low, high } = space
  const layout = layoutIn(space)
  const mean = low.map((bound, i) => (bound + high[i]!) / 2)
  for (const { from, to } of groupsOf(layout)) mean.fill(1 / (to - from), from, to)
  return { layout, mean, std: low.map((bound, i) => (std * (high[i]! - bound)) / 2) }
}
