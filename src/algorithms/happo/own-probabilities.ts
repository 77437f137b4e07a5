// Log-probabilities that actors as they are give to actions, agent by agent: one graph for all that are made alike.
import { tensor } from '../../common/tensors.ts'
import { LentSession } from '../../learning/lent-session.ts'
import { createActor } from '../../networks/actor.ts'
import type { Widths } from '../../networks/dimensions.ts'
import type { PolicyConfig } from '../../networks/policy-sizes.ts'
import { alone } from '../../networks/team.ts'
import { logProbability } from '../policy/action-distribution.ts'
import type { PpoBatch } from '../policy/ppo.ts'

export class OwnProbabilities {
  private readonly sessions: readonly LentSession[] // by agent
  private readonly widths: Widths

  private constructor(sessions: readonly LentSession[], widths: Widths) {
    this.sessions = sessions
    this.widths = widths
  }

  static async open(widths: Widths, policy: PolicyConfig): Promise<OwnProbabilities> {
    const opened = new Map<string, Promise<LentSession>>()
    const sessions: LentSession[] = []
    for (let n = 0; n < widths.agents; n++) {
      const own = alone(widths, n)
      const kind = JSON.stringify(own.forms ?? [])
      if (!opened.has(kind)) opened.set(kind, LentSession.open(graphOf(own, policy)))
      sessions.push(await opened.get(kind)!)
    }
    return new OwnProbabilities(sessions, widths)
  }

  /** @param parameters by bucket @param own what agent n saw and did @returns [R] */
  async of(n: number, parameters: Float32Array[], own: PpoBatch): Promise<Float32Array> {
    const { observation: O, action: A } = this.widths
    const R = own.samples
    const { log_probabilities } = await this.sessions[n]!.run(
      { actor: parameters },
      { observations: tensor([R, 1, O], own.observations), actions: tensor([R, 1, A], own.actions) },
    )
    return log_probabilities!.data
  }

  async close(): Promise<void> {
    for (const session of new Set(this.sessions)) await session.close()
  }
}

/** @param own widths of an agent alone */
function graphOf(own: Widths, policy: PolicyConfig): Parameters<typeof LentSession.open>[0] {
  const { observation: O, action: A, forms } = own
  const actor = createActor(own, policy.actor)
  return {
    name: 'own_probabilities',
    networks: { actor: actor.parameters },
    inputs: (B) => [
      { name: 'observations', shape: [B, 1, O] },
      { name: 'actions', shape: [B, 1, A] },
    ],
    build: ({ actor: weights }, { observations, actions }) => ({
      log_probabilities: logProbability(actions!, actor.act(weights!, observations!), forms), // [B, 1]
    }),
  }
}
