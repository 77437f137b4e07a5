// N actors that share nothing, as one policy: each sees its own agent's observation alone.
import * as tf from '@tensorflow/tfjs-core'
import type { Actor } from './actor.ts'
import type { Widths } from './dimensions.ts'
import type { Weights } from './layers.ts'

type Seen = Pick<Widths, 'agents' | 'observation' | 'action' | 'forms'>

/** The widths of a task of which there is agent n alone. */
export const alone = <T extends Seen>(widths: T, n: number): T => ({
  ...widths,
  agents: 1,
  ...(widths.forms ? { forms: [widths.forms[n]!] } : {}),
})

/** What the parameters of agent n's actor are called in the team's. */
const teamName = (n: number, name: string): string => `${n}.${name}`

/** @param actors agent by agent, each of its agent alone */
export function teamOf(actors: readonly Actor[]): Actor {
  return {
    parameters: actors.flatMap(({ parameters }, n) =>
      parameters.map((parameter) => ({ ...parameter, name: teamName(n, parameter.name) })),
    ),
    act: (weights, observations) => {
      const seen = tf.split(observations, actors.length, 1) // [B, 1, O] each
      const heads = actors.map((actor, n) => actor.act(ownWeights(actor, weights, n), seen[n]!))
      const joined = (name: 'mean' | 'std') =>
        heads.length === 1
          ? heads[0]![name]
          : tf.concat(
              heads.map((head) => head[name]),
              1,
            )
      return { mean: joined('mean'), std: joined('std') } // [B, N, A]
    },
  }
}

const ownWeights = ({ parameters }: Actor, weights: Weights, n: number): Weights =>
  Object.fromEntries(parameters.map(({ name }) => [name, weights[teamName(n, name)]!]))

/** Weights of the actors, agent by agent, as the team's. */
export const teamWeights = (
  weights: readonly ReadonlyMap<string, Float32Array>[],
): Map<string, Float32Array> =>
  new Map(weights.flatMap((own, n) => [...own].map(([name, values]) => [teamName(n, name), values] as const)))
