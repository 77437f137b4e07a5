// method.md 2.6, written plainly: signals [B, L, C], tfjs's own convolutions, every position computed.
import * as tf from '@tensorflow/tfjs-core'
import { expect } from 'vitest'
import type { Tensors } from './fixture.ts'

const silu = (x: tf.Tensor) => tf.mul(x, tf.sigmoid(x))

/** Statistics over all positions of 32 channels. */
function groupNorm(x: tf.Tensor3D): tf.Tensor3D {
  const [batch, length, channels] = x.shape
  const groups = tf.reshape(x, [batch, length, channels / 32, 32])
  const { mean, variance } = tf.moments(groups, [1, 3], true)
  return tf.reshape(tf.div(tf.sub(groups, mean), tf.sqrt(tf.add(variance, 1e-5))), x.shape)
}

/** x [B, 4, S], condition [B, C] -> [B, S]; parameters under `root`. */
export function plainUnet(
  w: Tensors,
  root: string,
  x: tf.Tensor3D,
  condition: tf.Tensor,
  config: { channels: number; blocks: number },
) {
  const { channels: C, blocks } = config
  const conv = (path: string, t: tf.Tensor, stride = 1) => {
    const kernel = w[`${path}.weight`] as tf.Tensor3D
    const pad = (kernel.shape[0] - 1) / 2
    const wide = tf.pad(t, [
      [0, 0],
      [pad, pad],
      [0, 0],
    ]) as tf.Tensor3D
    return tf.add(tf.conv1d(wide, kernel, stride, 'valid'), w[`${path}.bias`]!) as tf.Tensor3D
  }
  const double = (path: string, t: tf.Tensor3D) => {
    const [batch, length] = t.shape
    const filter = tf.expandDims(tf.transpose(w[`${path}.weight`]!, [0, 2, 1]), 0) as tf.Tensor4D
    const shape: [number, number, number, number] = [batch, 1, 2 * length + 2, C]
    const whole = tf.conv2dTranspose(tf.expandDims(t, 1) as tf.Tensor4D, filter, shape, [1, 2], 'valid')
    const cut = tf.slice(tf.squeeze(whole, [1]), [0, 1, 0], [-1, 2 * length, -1])
    return tf.add(cut, w[`${path}.bias`]!) as tf.Tensor3D
  }
  const projected = tf.add(
    tf.matMul(condition as tf.Tensor2D, w[`${root}.modulation.weight`] as tf.Tensor2D),
    w[`${root}.modulation.bias`]!,
  )
  let used = 0
  const next = (channels: number) => {
    used += channels
    return tf.expandDims(tf.slice(projected, [0, used - channels], [-1, channels]), 1)
  }
  const adaNorm = (t: tf.Tensor3D) => {
    const [scale, shift] = [next(t.shape[2]), next(t.shape[2])]
    return tf.add(tf.mul(groupNorm(t), tf.add(1, scale)), shift) as tf.Tensor3D
  }
  const residual = (path: string, t: tf.Tensor3D) => {
    const h = conv(`${path}.conv1`, silu(adaNorm(t)))
    const y = conv(`${path}.conv2`, silu(adaNorm(h)))
    return tf.add(y, w[`${path}.proj.weight`] ? conv(`${path}.proj`, t) : t) as tf.Tensor3D
  }
  let h = conv(`${root}.conv_in`, x)
  const skips: tf.Tensor3D[] = []
  for (const stage of [0, 1, 2]) {
    if (stage > 0) h = conv(`${root}.down.${stage}.resample`, h, 2)
    skips.push(h)
    for (let j = 0; j < blocks; j++) {
      h = residual(`${root}.down.${stage}.${j}`, h)
      skips.push(h)
    }
  }
  for (const j of [0, 1]) h = residual(`${root}.middle.${j}`, h)
  for (const stage of [0, 1, 2]) {
    if (stage > 0) h = double(`${root}.up.${stage}.resample`, h)
    for (let j = 0; j <= blocks; j++)
      h = residual(`${root}.up.${stage}.${j}`, tf.concat([h, skips.pop()!], 2))
  }
  expect([skips.length, used]).toEqual([0, projected.shape[1]])
  const normed = tf.add(tf.mul(groupNorm(h), w[`${root}.norm_out.weight`]!), w[`${root}.norm_out.bias`]!)
  return tf.squeeze(tf.slice(conv(`${root}.conv_out`, silu(normed)), [0, 3, 0], [-1, 1, -1]), [1])
}
