// Values of imagined observations by the critic as it stands. R rows, N agents, O observation.
import * as tf from '@tensorflow/tfjs-core'
import { tensor } from '../../common/tensors.ts'
import { LentSession } from '../../learning/lent-session.ts'
import type { CriticConfig } from '../../networks/critic.ts'
import type { Widths } from '../../networks/dimensions.ts'
import { createTeamCritic } from '../../worlds/marie/networks/team-critic.ts'

/** Observations [R, N, O] -> values [R, N] in the units of the normaliser. */
export type TeamValues = (parameters: Float32Array[], observations: Float32Array) => Promise<Float32Array>

export async function openTeamValues(
  { agents: N, observation: O }: Pick<Widths, 'agents' | 'observation'>,
  config: CriticConfig,
): Promise<{ values: TeamValues; close(): Promise<void> }> {
  const critic = createTeamCritic({ agents: N, observation: O }, config)
  const session = await LentSession.open({
    name: 'values',
    networks: { critic: critic.parameters },
    inputs: (B) => [{ name: 'observations', shape: [B, N, O] }],
    build: ({ critic: w }, { observations }) => ({
      values: tf.reshape(critic.value(w!, tf.reshape(observations!, [-1, O])), [-1, N]),
    }),
  })
  return {
    values: async (parameters, observations) => {
      const given = tensor([observations.length / (N * O), N, O], observations)
      return (await session.run({ critic: parameters }, { observations: given })).values!.data
    },
    close: () => session.close(),
  }
}
