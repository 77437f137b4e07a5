// DIMA's U-Net (method.md 2.6): the state's entries are the channels, time (context and noisy target) is the length.
//
//   length 4, 2, 1: down stages of `blocks` residual blocks, two blocks in the middle, up stages of `blocks` + 1 on
//   concat(x, skip); only the prediction at the last position is computed.
//
// A signal is one row a sample in the group-major layout of convolution.ts. All AdaGN projections of the network are
// one Linear: the same parameters as a Linear each (equal fan-in), one matrix product instead of thirty-four.
import * as tf from '@tensorflow/tfjs-core'
import {
  type Channels,
  convolution,
  doublingTaps,
  halvingTaps,
  pointTaps,
  sameTaps,
  type TapOf,
} from '../../../networks/convolution.ts'
import { layerNormalise, silu } from '../../../networks/functions.ts'
import { ones, type ParameterList, type Weights, zeros } from '../../../networks/layers.ts'

const GROUP = 32
export const LENGTHS = [4, 2, 1]

const grouped = (count: number): Channels => ({ count, group: GROUP })
/** A block of the network: signal [B, C*L] and all (scale, shift) pairs -> signal. */
type Block = (weights: Weights, x: tf.Tensor, modulation: Modulation) => tf.Tensor

/** Scales (1 + s) and shifts of every AdaGN of the network, each [B, C]. */
type Modulation = tf.Tensor[]

/** GroupNorm without affine: statistics over the L*32 numbers of a group. */
function groupNormalise(x: tf.Tensor, width: number): tf.Tensor {
  return tf.reshape(layerNormalise(tf.reshape(x, [-1, width]), tf.ones([width]), tf.zeros([width])), x.shape)
}

/** Applies a factor and a shift per channel: x [B, C*L], factor and shift [B or 1, C]. */
function modulate(x: tf.Tensor, length: number, factor: tf.Tensor, shift: tf.Tensor): tf.Tensor {
  const channels = factor.shape[1]!
  const wide = (t: tf.Tensor) => tf.reshape(t, [-1, channels / GROUP, 1, GROUP])
  const signal = tf.reshape(x, [-1, channels / GROUP, length, GROUP])
  return tf.reshape(tf.add(tf.mul(signal, wide(factor)), wide(shift)), x.shape)
}

/** Hands out the slices of the one AdaGN projection in the order the layers are built. */
class Modulations {
  readonly widths: number[] = []

  /** GroupNorm, then x (1 + scale) + shift with the next free pair. */
  adaptiveNorm(channels: number, length: number): Block {
    const index = this.widths.length
    this.widths.push(channels, channels)
    return (_, x, modulation) =>
      modulate(groupNormalise(x, length * GROUP), length, modulation[index]!, modulation[index + 1]!)
  }

  get total(): number {
    return this.widths.reduce((a, b) => a + b, 0)
  }

  /** 1 for the scales (so that they become factors), 0 for the shifts: [total]. */
  get offsets(): tf.Tensor {
    return tf.tensor1d(this.widths.flatMap((width, i) => Array<number>(width).fill(i % 2 === 0 ? 1 : 0)))
  }
}

class UNetBuilder {
  readonly p: ParameterList
  readonly modulations = new Modulations()

  constructor(p: ParameterList) {
    this.p = p
  }

  conv(
    path: string,
    from: number,
    to: number,
    length: number,
    options: { taps?: number; tapOf?: TapOf; zero?: boolean },
  ) {
    const { taps = 3, tapOf = sameTaps, zero = false } = options
    const lengths: [number, number] = [length, length]
    return convolution(this.p, path, { from: grouped(from), to: grouped(to), lengths, taps, tapOf, zero })
  }

  /** h = conv1(SiLU(AdaGN(x))); h = conv2(SiLU(AdaGN(h))); proj(x) + h. */
  residual(path: string, from: number, to: number, length: number): Block {
    const norm1 = this.modulations.adaptiveNorm(from, length)
    const conv1 = this.conv(`${path}.conv1`, from, to, length, {})
    const norm2 = this.modulations.adaptiveNorm(to, length)
    const conv2 = this.conv(`${path}.conv2`, to, to, length, { zero: true })
    const proj =
      from === to ? undefined : this.conv(`${path}.proj`, from, to, length, { taps: 1, tapOf: pointTaps })
    return (weights, x, modulation) => {
      const h = conv1(weights, silu(norm1(weights, x, modulation)))
      const y = conv2(weights, silu(norm2(weights, h, modulation)))
      return tf.add(y, proj ? proj(weights, x) : x)
    }
  }

  resample(path: string, channels: number, lengths: [number, number]): Block {
    const up = lengths[1] > lengths[0]
    const taps = up ? 4 : 3
    const layer = convolution(this.p, path, {
      from: grouped(channels),
      to: grouped(channels),
      lengths,
      taps,
      tapOf: up ? doublingTaps : halvingTaps,
      fanIn: channels * taps, // the same for both here: torch counts outputs in a transposed convolution
    })
    return (weights, x) => layer(weights, x)
  }
}

/** x [B, 4*S] (time-major), conditioning [B, C] -> prediction [B, S] */
export function unet(
  p: ParameterList,
  path: string,
  state: number,
  config: { channels: number; blocks: number; conditioning: number },
) {
  const { channels, blocks, conditioning } = config
  const build = new UNetBuilder(p)
  const plain: Channels = { count: state, group: state }
  const length = LENGTHS[0]!
  const convIn = convolution(p, `${path}.conv_in`, {
    from: plain,
    to: grouped(channels),
    lengths: [length, length],
    taps: 3,
    tapOf: sameTaps,
  })
  const down = LENGTHS.map((l, i) => ({
    resample: i ? build.resample(`${path}.down.${i}.resample`, channels, [LENGTHS[i - 1]!, l]) : undefined,
    blocks: Array.from({ length: blocks }, (_, j) =>
      build.residual(`${path}.down.${i}.${j}`, channels, channels, l),
    ),
  }))
  const middle = [0, 1].map((j) => build.residual(`${path}.middle.${j}`, channels, channels, LENGTHS.at(-1)!))
  const up = LENGTHS.toReversed().map((l, i) => ({
    resample: i ? build.resample(`${path}.up.${i}.resample`, channels, [l / 2, l]) : undefined,
    blocks: Array.from({ length: blocks + 1 }, (_, j) =>
      build.residual(`${path}.up.${i}.${j}`, 2 * channels, channels, l),
    ),
  }))
  const gamma = p.add(`${path}.norm_out.weight`, [channels], ones)
  const beta = p.add(`${path}.norm_out.bias`, [channels], zeros)
  const convOut = convolution(p, `${path}.conv_out`, {
    from: grouped(channels),
    to: plain,
    lengths: [length, 1],
    taps: 3,
    zero: true,
    tapOf: (i) => sameTaps(i, length - 1), // the last position only
  })
  const project = p.linear(`${path}.modulation`, conditioning, build.modulations.total)

  return (weights: Weights, x: tf.Tensor, condition: tf.Tensor): tf.Tensor => {
    const { widths, offsets } = build.modulations
    const modulation = tf.split(tf.add(project(weights, condition), offsets), widths, 1)
    let h = convIn(weights, x)
    const skips: tf.Tensor[] = []
    for (const stage of down) {
      if (stage.resample) h = stage.resample(weights, h, modulation)
      skips.push(h)
      for (const block of stage.blocks) {
        h = block(weights, h, modulation)
        skips.push(h)
      }
    }
    for (const block of middle) h = block(weights, h, modulation)
    for (const stage of up) {
      if (stage.resample) h = stage.resample(weights, h, modulation)
      for (const block of stage.blocks) h = block(weights, tf.concat([h, skips.pop()!], 1), modulation)
    }
    const one = (name: string) => tf.reshape(weights[name]!, [1, channels])
    const normed = modulate(groupNormalise(h, length * GROUP), length, one(gamma), one(beta))
    return convOut(weights, silu(normed))
  }
}
