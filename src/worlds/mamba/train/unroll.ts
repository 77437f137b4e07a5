// The latent states of stretches of steps, one time after the other, with gradients through all of them. T times, B stretches, N
// agents, A action, O observation, W width, of a latent state D recurrent numbers, C classes of K.
import * as tf from '@tensorflow/tfjs-core'
import type { Weights } from '../../../networks/layers.ts'
import { drawStraightThrough } from '../networks/classes.ts'
import type { LatentSizes } from '../networks/presets.ts'
import type { WorldNetwork } from '../networks/world-network.ts'
import type { BatchSize } from './batch.ts'

/** Of all times, time first. */
export interface Stretch {
  /** [T * B, N, D] */
  deter: tf.Tensor
  /** [T * B, N, C * K] as drawn from the posterior */
  stoch: tf.Tensor
  /** [T * B, N, D] where the actions lead, also out of an episode */
  next: tf.Tensor
  /** [T * B * N * C, K] probabilities that the classes were drawn from */
  posterior: tf.Tensor
}

/** @param inputs of batch.ts */
export function unroll(
  world: WorldNetwork,
  w: Weights,
  inputs: Record<string, tf.Tensor>,
  { classes, ...sizes }: LatentSizes,
  { sequence: T, batch: B }: BatchSize,
): Stretch {
  const embedded = world.embed(w, inputs.observations!)
  const [, N] = inputs.actions!.shape as [number, number, number]
  const times = [embedded, inputs.actions!, inputs.resets!, inputs.uniforms!].map((x) => pieces(x, T))
  const [seen, actions, resets, uniforms] = times as [tf.Tensor[], tf.Tensor[], tf.Tensor[], tf.Tensor[]]
  const fresh = firstDeter(world, w, actions[0]!, { ...sizes, classes })
  const steps: Stretch[] = []
  for (let t = 0; t < T; t++) {
    const deter =
      t === 0 ? tf.add(fresh, tf.zeros([B, N, sizes.deter])) : begun(steps[t - 1]!.next, resets[t]!, fresh)
    const logits = world.posterior(w, tf.concat([deter, seen[t]!], -1))
    const posterior = tf.softmax(tf.reshape(logits, [-1, classes]))
    const stoch = tf.reshape(drawStraightThrough(posterior, tf.reshape(uniforms[t]!, [-1])), logits.shape)
    steps.push({ deter, stoch, posterior, next: world.advance(w, actions[t]!, { deter, stoch }) })
  }
  const all = (name: keyof Stretch) => joined(steps.map((step) => step[name]))
  return { deter: all('deter'), stoch: all('stoch'), next: all('next'), posterior: all('posterior') }
}

/** Of a start, the same in every one: where no action leads out of nothing. [1, N, D] */
function firstDeter(world: WorldNetwork, w: Weights, actions: tf.Tensor, sizes: LatentSizes): tf.Tensor {
  const [, N, A] = actions.shape as [number, number, number]
  const { deter: D, groups, classes } = sizes
  return world.advance(w, tf.zeros([1, N, A]), {
    deter: tf.zeros([1, N, D]),
    stoch: tf.zeros([1, N, groups * classes]),
  })
}

/** Where an episode begins nothing of what was before is left. */
function begun(before: tf.Tensor, resets: tf.Tensor, fresh: tf.Tensor): tf.Tensor {
  const isStart = tf.reshape(resets, [-1, 1, 1])
  return tf.add(tf.mul(isStart, fresh), tf.mul(tf.sub(1, isStart), before))
}

/** tfjs has no gradient for a split into one, nor for a join of one. */
const pieces = (x: tf.Tensor, count: number): tf.Tensor[] => (count === 1 ? [x] : tf.split(x, count))
const joined = (parts: tf.Tensor[]): tf.Tensor => (parts.length === 1 ? parts[0]! : tf.concat(parts, 0))
