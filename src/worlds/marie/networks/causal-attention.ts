// Attention within whole sequences, part by part: what a part's tokens may not attend to since it comes later is not computed. The
// gradient is written by hand: softmax's needs, of each token, what all its weights together are worth, which is dO . O (Dao et al.
// 2022, arXiv 2205.14135). R rows, N agents, h heads, q tokens that ask, T that are asked, w width.
import * as tf from '@tensorflow/tfjs-core'

/** Tokens that ask side by side, and may ask the first `asked`. */
export interface Part {
  first: number
  count: number
  asked: number
  /** added to the scores, [R, 1, 1, count, asked] */
  bias: tf.Tensor
}

/** Queries [R, N, h, q, w], keys and values [R, N, h, T, w], parts that are all of q -> [R, N, h, q, w]. */
export function attendInParts(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, parts: readonly Part[]): tf.Tensor {
  const scale = 1 / Math.sqrt(q.shape.at(-1)!)
  return tf.customGrad((query, keys, values, save) => {
    const asking = tf.mul(query as tf.Tensor, scale)
    const told = parts.map((part) =>
      attendPart(asking, keys as tf.Tensor, values as unknown as tf.Tensor, part),
    )
    const value = joined(told.map(({ out }) => out))
    const weights = told.map((part) => part.weights)
    ;(save as unknown as tf.GradSaveFunc)([
      asking,
      keys as tf.Tensor,
      values as unknown as tf.Tensor,
      value,
      ...weights,
    ])
    return {
      value,
      gradFunc: (dy: tf.Tensor, [s, kept, given, out, ...w]: tf.Tensor[]) => {
        const worth = tf.sum(tf.mul(dy, out!), -1, true) // [R, N, h, q, 1]
        const saved = { s: s!, k: kept!, v: given! }
        const all = parts.map((part, i) => gradients(saved, { dy, worth, weights: w[i]! }, part))
        const whole = (x: tf.Tensor[]) => x.reduce((sum, one) => tf.add(sum, one))
        return [
          tf.mul(joined(all.map(({ dq }) => dq)), scale),
          whole(all.map(({ dk }) => dk)),
          whole(all.map(({ dv }) => dv)),
        ]
      },
    }
  })(q, k, v)
}

const joined = (parts: tf.Tensor[]): tf.Tensor => (parts.length === 1 ? parts[0]! : tf.concat(parts, 3))

/** `count` tokens of [R, N, h, n, ...]. */
function tokens(x: tf.Tensor, first: number, count: number): tf.Tensor {
  const [, , , n, w] = x.shape as [number, number, number, number, number]
  return first === 0 && count === n ? x : tf.slice(x, [0, 0, 0, first, 0], [-1, -1, -1, count, w])
}

function attendPart(s: tf.Tensor, k: tf.Tensor, v: tf.Tensor, { first, count, asked, bias }: Part) {
  const scores = tf.matMul(tokens(s, first, count), tokens(k, 0, asked), false, true)
  const weights = tf.softmax(tf.add(scores, bias))
  return { weights, out: tf.matMul(weights, tokens(v, 0, asked)) }
}

function gradients(
  { s, k, v }: Record<'s' | 'k' | 'v', tf.Tensor>,
  { dy, worth, weights }: { dy: tf.Tensor; worth: tf.Tensor; weights: tf.Tensor },
  { first, count, asked }: Part,
) {
  const own = (x: tf.Tensor) => tokens(x, first, count)
  const all = (x: tf.Tensor) => {
    const behind = k.shape[3]! - asked
    return behind === 0
      ? x
      : tf.pad(
          x,
          [0, 0, 0, behind, 0].map((after): [number, number] => [0, after]),
        )
  }
  const dOut = own(dy)
  const dWeights = tf.matMul(dOut, tokens(v, 0, asked), false, true)
  const dScores = tf.mul(weights, tf.sub(dWeights, own(worth)))
  return {
    dq: tf.matMul(dScores, tokens(k, 0, asked)),
    dk: all(tf.matMul(dScores, own(s), true)),
    dv: all(tf.matMul(weights, dOut, true)),
  }
}
