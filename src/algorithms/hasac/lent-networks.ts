// What HASAC asks its networks between their updates: one agent's action, all agents' actions, and what the target critics say of
// a next state. Compiled once; weights come with each call.
import * as tf from '@tensorflow/tfjs-core'
import { tensor } from '../../common/tensors.ts'
import { LentSession } from '../../learning/lent-session.ts'
import type { Widths } from '../../networks/dimensions.ts'
import { squashed } from '../../networks/squashed-actor.ts'
import type { HasacConfig } from './config.ts'
import { actorName, actorOf, CRITIC, criticOf } from './recipes.ts'

/** Parameters by bucket. */
type Buckets = Float32Array[]

export class LentNetworks {
  private readonly widths: Widths
  private readonly single: LentSession
  private readonly team: LentSession
  private readonly target: LentSession

  private constructor(widths: Widths, [single, team, target]: readonly LentSession[]) {
    this.widths = widths
    this.single = single!
    this.team = team!
    this.target = target!
  }

  static async open(widths: Widths, config: HasacConfig): Promise<LentNetworks> {
    const { threads } = config
    const graphs = [singleGraph(widths, config), teamGraph(widths, config), targetGraph(widths, config)]
    const sessions: LentSession[] = []
    for (const graph of graphs) sessions.push(await LentSession.open(graph, { threads }))
    return new LentNetworks(widths, sessions)
  }

  /** Actions [R, A] of one actor on what its agent sees, [R, O]. */
  async actions(actor: Buckets, observations: Float32Array, noise: Float32Array): Promise<Float32Array> {
    const { observation: O, action: A } = this.widths
    const R = observations.length / O
    const inputs = { observations: tensor([R, O], observations), noise: tensor([R, A], noise) }
    return (await this.single.run({ actor }, inputs)).actions!.data
  }

  /** Joint actions [R, N, A] of all actors on what all agents see, [R, N, O]. Zero noise: their means, squashed. */
  async jointActions(
    actors: readonly Buckets[],
    observations: Float32Array,
    noise: Float32Array,
  ): Promise<Float32Array> {
    return (await this.team.run(named(actors), this.seen(observations, noise))).actions!.data
  }

  /**
   * The lower value [R] of new actions in the next states, by the target critics, and the log-probability [R] of those
   * actions, summed over agents.
   */
  async nextValues(
    actors: readonly Buckets[],
    targets: Buckets,
    next: { inputs: Float32Array; observations: Float32Array },
    noise: Float32Array,
  ): Promise<{ values: Float32Array; logProbabilities: Float32Array }> {
    const { state: S } = this.widths
    const inputs = tensor([next.inputs.length / S, S], next.inputs)
    const given = { ...this.seen(next.observations, noise), inputs }
    const { values, log_probabilities } = await this.target.run(
      { ...named(actors), [CRITIC]: targets },
      given,
    )
    return { values: values!.data, logProbabilities: log_probabilities!.data }
  }

  async close(): Promise<void> {
    for (const session of [this.single, this.team, this.target]) await session.close()
  }

  private seen(observations: Float32Array, noise: Float32Array) {
    const { agents: N, observation: O, action: A } = this.widths
    const R = observations.length / (N * O)
    return { observations: tensor([R, N, O], observations), noise: tensor([R, N, A], noise) }
  }
}

const named = (actors: readonly Buckets[]): Record<string, Buckets> =>
  Object.fromEntries(actors.map((buckets, n) => [actorName(n), buckets]))

type Graph = Parameters<typeof LentSession.open>[0]
type Tensors = Record<string, tf.Tensor>

function singleGraph(widths: Widths, config: HasacConfig): Graph {
  const { observation: O, action: A } = widths
  const actor = actorOf(widths, config)
  return {
    name: 'actions',
    networks: { actor: actor.parameters },
    inputs: (B) => [
      { name: 'observations', shape: [B, O] },
      { name: 'noise', shape: [B, A] },
    ],
    build: (weights, { observations, noise }) => ({
      actions: squashed(actor.heads(weights.actor!, observations!), noise!).actions,
    }),
  }
}

/** All actors on their own parts of [B, N, O]: actions [B, N A], log-probabilities [B]. */
function together(widths: Widths, config: HasacConfig) {
  const { agents: N, observation: O, action: A } = widths
  const actor = actorOf(widths, config)
  const names = Array.from({ length: N }, (_, n) => actorName(n))
  return {
    networks: Object.fromEntries(names.map((name) => [name, actor.parameters])),
    inputs: (B: number) => [
      { name: 'observations', shape: [B, N, O] },
      { name: 'noise', shape: [B, N, A] },
    ],
    act: (weights: Record<string, Tensors>, { observations, noise }: Tensors) => {
      const parts = (x: tf.Tensor, width: number) =>
        tf.split(x, N, 1).map((part) => tf.reshape(part, [-1, width]))
      const [seen, drawn] = [parts(observations!, O), parts(noise!, A)]
      const each = names.map((name, n) => squashed(actor.heads(weights[name]!, seen[n]!), drawn[n]!))
      const joint = each.map(({ actions }) => actions)
      return {
        actions: N > 1 ? tf.concat(joint, 1) : joint[0]!,
        logProbabilities: each.map((own) => own.logProbabilities).reduce((sum, own) => tf.add(sum, own)),
      }
    },
  }
}

function teamGraph(widths: Widths, config: HasacConfig): Graph {
  const { act, ...team } = together(widths, config)
  return { name: 'joint_actions', ...team, build: (w, inputs) => ({ actions: act(w, inputs).actions }) }
}

function targetGraph(widths: Widths, config: HasacConfig): Graph {
  const { act, ...team } = together(widths, config)
  const critic = criticOf(widths, config)
  return {
    name: 'next_values',
    networks: { ...team.networks, [CRITIC]: critic.parameters },
    inputs: (B) => [...team.inputs(B), { name: 'inputs', shape: [B, widths.state] }],
    build: (weights, inputs) => {
      const { actions, logProbabilities } = act(weights, inputs)
      const values = tf.minimum(...critic.values(weights[CRITIC]!, inputs.inputs!, actions))
      return { values, log_probabilities: logProbabilities }
    },
  }
}
