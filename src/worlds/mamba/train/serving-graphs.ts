// The serving graphs that a world model of this kind and its policy become. B rows, N agents, A action, S state, O observation,
// F numbers of a latent state: D recurrent ones, and the numbers of C classes.
import * as tf from '@tensorflow/tfjs-core'
import type { Rng } from '../../../common/rng.ts'
import { type Tensor, tensor } from '../../../common/tensors.ts'
import type { ClosedForm } from '../../../env/closed-form.ts'
import { uniformly } from '../../../graph/random-inputs.ts'
import type { ServingGraph } from '../../../graph/serving-graph.ts'
import { momentsOf } from '../../../networks/action-heads.ts'
import type { Actor } from '../../../networks/actor.ts'
import type { Widths } from '../../../networks/dimensions.ts'
import { perceiveGraph } from '../../../networks/perceive-graph.ts'
import { recoverGraph } from '../../../networks/recover-graph.ts'
import { drawClasses, oneHot } from '../networks/classes.ts'
import { type LatentSizes, latentWidth } from '../networks/presets.ts'
import { featureOf, type Latent, type WorldNetwork } from '../networks/world-network.ts'
import type { PerGraph } from '../serve/manifest.ts'

/** Those with weights, and the policy where there is one. */
export type Networks = {
  world: WorldNetwork
  policy?: Actor
}

export function servingGraphs(
  networks: Networks,
  widths: Widths,
  sizes: LatentSizes,
  form: ClosedForm,
): PerGraph<ServingGraph> {
  return {
    perceive: perceiveGraph(widths, form),
    recover: recoverGraph(widths, form),
    observe: observeGraph(networks.world, widths, sizes),
    imagine: imagineGraph(networks.world, widths, sizes),
    decode: decodeGraph(networks.world, widths, sizes),
    ...(networks.policy ? { policy: latentPolicyGraph(networks.policy, widths, sizes) } : {}),
  }
}

const named = (name: string, ...shape: number[]) => ({ name, shape })

/** What is seen, and the action that led there, to the latent state of it: the classes are drawn from the posterior. */
function observeGraph(
  world: WorldNetwork,
  { agents: N, action: A, observation: O }: Widths,
  sizes: LatentSizes,
): ServingGraph {
  const F = latentWidth(sizes)
  return {
    network: 'world',
    inputs: (B) => [
      named('observations', B, N, O),
      named('actions', B, N, A),
      named('latents', B, N, F),
      named('uniforms', B, N, sizes.groups),
    ],
    draws: { latents: latents(sizes), uniforms: uniformly },
    outputs: (B) => [named('next', B, N, F)],
    build: (w, { observations, actions, latents: before, uniforms }) => {
      const deter = world.advance(w, actions!, latentOf(before!, sizes))
      const logits = world.posterior(w, tf.concat([deter, world.embed(w, observations!)], -1))
      return { next: tf.concat([deter, drawn(logits, uniforms!, sizes)], -1) }
    },
  }
}

/** One step: where actions lead, what it earns, whether it goes on. */
function imagineGraph(
  world: WorldNetwork,
  { agents: N, action: A }: Widths,
  sizes: LatentSizes,
): ServingGraph {
  const F = latentWidth(sizes)
  return {
    network: 'world',
    inputs: (B) => [
      named('actions', B, N, A),
      named('latents', B, N, F),
      named('uniforms', B, N, sizes.groups),
    ],
    draws: { latents: latents(sizes), uniforms: uniformly },
    outputs: (B) => [named('next', B, N, F), named('rewards', B, N), named('continues', B, N)],
    build: (w, { actions, latents: before, uniforms }) => {
      const from = latentOf(before!, sizes)
      const deter = world.advance(w, actions!, from)
      const numbers = drawn(world.prior(w, deter), uniforms!, sizes)
      const judged = featureOf({ stoch: from.stoch, deter })
      const perAgent = (x: tf.Tensor) => tf.reshape(x, [-1, N])
      return {
        next: tf.concat([deter, numbers], -1),
        rewards: perAgent(world.reward(w, judged)),
        continues: perAgent(tf.sigmoid(world.goesOn(w, judged))),
      }
    },
  }
}

/** What is seen in latent states. */
function decodeGraph(
  world: WorldNetwork,
  { agents: N, observation: O }: Widths,
  sizes: LatentSizes,
): ServingGraph {
  return {
    network: 'world',
    inputs: (B) => [named('latents', B, N, latentWidth(sizes))],
    draws: { latents: latents(sizes) },
    outputs: (B) => [named('observations', B, N, O)],
    build: (w, { latents: given }) => {
      const feature = featureOf(latentOf(given!, sizes))
      return { observations: world.observation(w, world.recall(w, feature)) }
    },
  }
}

/** Latent states to mean and deviation of the actions. */
export function latentPolicyGraph(
  policy: Pick<Actor, 'act'>,
  { agents: N, action: A, forms }: Pick<Widths, 'agents' | 'action' | 'forms'>,
  sizes: LatentSizes,
): ServingGraph {
  return {
    network: 'policy',
    inputs: (B) => [named('latents', B, N, latentWidth(sizes))],
    draws: { latents: latents(sizes) },
    outputs: (B) => ['mean', 'std'].map((name) => named(name, B, N, A)),
    build: (w, { latents: given }) => ({ ...momentsOf(policy.act(w, given!), forms) }),
  }
}

/** As it is carried, to its parts. */
function latentOf(latent: tf.Tensor, { deter: D, groups, classes }: LatentSizes): Latent {
  const [deter, numbers] = tf.split(latent, [D, groups], -1) as [tf.Tensor, tf.Tensor]
  return { deter, stoch: oneHot(numbers, classes) }
}

/** Logits [B, N, C * K] -> numbers of the classes [B, N, C]. */
function drawn(logits: tf.Tensor, uniforms: tf.Tensor, { classes }: LatentSizes): tf.Tensor {
  const probabilities = tf.softmax(tf.reshape(logits, [-1, classes]))
  return tf.reshape(drawClasses(probabilities, uniforms), uniforms.shape)
}

/** A random one: recurrent numbers in (-1, 1), and a class of each group, or none. [B, N, F] */
const latents =
  ({ deter: D, groups, classes }: LatentSizes) =>
  (shape: number[], rng: Rng): Tensor => {
    const filled = tensor(shape)
    const F = D + groups
    for (let i = 0; i < filled.data.length; i++)
      filled.data[i] = i % F < D ? 2 * rng.uniform() - 1 : rng.int(classes + 1) - 1
    return filled
  }
