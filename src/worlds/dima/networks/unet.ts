// DIMA's U-Net (method.md 2.6): the state's entries are the channels, time (context and noisy target) is the length.
//
//   length 4, 2, 1: down stages of `blocks` residual blocks, two blocks in the middle, up stages of `blocks` + 1 on
//   concat(x, skip); only the prediction at the last position is computed.
//
// A signal is one row a sample in the group-major layout of convolution.ts; it has its four axes [B, G, L, g] only from
// a normalisation to the next convolution. All AdaGN projections of the network are one Linear, cut once in that layout:
// the same parameters as a Linear each (equal fan-in), one matrix product instead of thirty-four.
import * as tf from '@tensorflow/tfjs-core'
import {
  type Channels,
  type ConvolutionShape,
  Convolutions,
  convolve,
  doublingTaps,
  halvingTaps,
  pointTaps,
  sameTaps,
  type Unrolled,
} from '../../../networks/convolution.ts'
import { silu, standardise } from '../../../networks/functions.ts'
import { ones, type ParameterList, type Weights, zeros } from '../../../networks/layers.ts'

const GROUP = 32
export const LENGTHS = [4, 2, 1]

const grouped = (count: number): Channels => ({ count, group: GROUP })

/** What blocks share in one pass: the convolutions, and a factor (1 + scale) and a shift for every AdaGN. */
interface Pass {
  convolutions: UnrolledUNet
  /** [B, G, 1, g] each */
  modulations: tf.Tensor[]
}

/** A block of the network: signal [B, C*L] -> signal. */
type Block = (pass: Pass, x: tf.Tensor) => tf.Tensor

/** SiLU of GroupNorm times a factor plus a shift: x [B, C*L], factor and shift [B or 1, G, 1, g]. */
function activate(x: tf.Tensor, length: number, factor: tf.Tensor, shift: tf.Tensor): tf.Tensor {
  const signal = standardise(tf.reshape(x, [-1, factor.shape[1]!, length, GROUP]), 2)
  return tf.reshape(silu(tf.add(tf.mul(signal, factor), shift)), x.shape)
}

/** Hands out the slices of the one AdaGN projection in the order the layers are built. */
class Modulations {
  /** in groups of channels */
  private readonly sizes: number[] = []

  /** SiLU(GroupNorm(x) (1 + scale) + shift) with the next free pair. */
  adaptive(channels: number, length: number): Block {
    const index = this.sizes.length
    this.sizes.push(channels / GROUP, channels / GROUP)
    return ({ modulations }, x) => activate(x, length, modulations[index]!, modulations[index + 1]!)
  }

  get total(): number {
    return GROUP * this.sizes.reduce((a, b) => a + b, 0)
  }

  /** The projection [B, total] in pieces. */
  split(projected: tf.Tensor): tf.Tensor[] {
    // 1 for the scales, so that they become factors, 0 for the shifts
    const offsets = this.sizes.flatMap((size, i) => Array<number>(size * GROUP).fill(i % 2 === 0 ? 1 : 0))
    const whole = tf.add(projected, tf.tensor1d(offsets))
    return tf.split(tf.reshape(whole, [-1, this.total / GROUP, 1, GROUP]), this.sizes, 1)
  }
}

class UNetBuilder {
  readonly modulations = new Modulations()
  readonly convolutions: Convolutions

  constructor(p: ParameterList) {
    this.convolutions = new Convolutions(p)
  }

  private conv(
    path: string,
    from: number,
    to: number,
    length: number,
    options: Partial<ConvolutionShape> = {},
  ) {
    const shape = { from: grouped(from), to: grouped(to), taps: 3, tapOf: sameTaps, ...options }
    return this.convolutions.add(path, { ...shape, lengths: [length, length] })
  }

  /** h = conv1(SiLU(AdaGN(x))); h = conv2(SiLU(AdaGN(h))); proj(x) + h. */
  residual(path: string, from: number, to: number, length: number): Block {
    const norm1 = this.modulations.adaptive(from, length)
    const conv1 = this.conv(`${path}.conv1`, from, to, length)
    const norm2 = this.modulations.adaptive(to, length)
    const conv2 = this.conv(`${path}.conv2`, to, to, length, { zero: true })
    const proj =
      from === to ? undefined : this.conv(`${path}.proj`, from, to, length, { taps: 1, tapOf: pointTaps })
    return (pass, x) => {
      const [first, second] = [pass.convolutions[conv1]!, pass.convolutions[conv2]!]
      const h = norm2(pass, convolve(norm1(pass, x), first))
      const past = proj && pass.convolutions[proj]!
      // What is added is the offset of a product: the second one's bias goes into the projection's.
      const rest = past ? convolve(x, past, tf.add(past.bias, second.bias)) : tf.add(x, second.bias)
      return convolve(h, second, rest)
    }
  }

  resample(path: string, channels: number, lengths: [number, number]): Block {
    const up = lengths[1] > lengths[0]
    const taps = up ? 4 : 3
    const layer = this.convolutions.add(path, {
      from: grouped(channels),
      to: grouped(channels),
      lengths,
      taps,
      tapOf: up ? doublingTaps : halvingTaps,
      fanIn: channels * taps, // the same for both here: torch counts outputs in a transposed convolution
    })
    return ({ convolutions }, x) => convolve(x, convolutions[layer]!)
  }
}

/** The convolutions as they are applied: several passes with the same weights share them, and so do their gradients. */
export type UnrolledUNet = Record<string, Unrolled>

export interface UNet {
  unroll(weights: Weights): UnrolledUNet
  /** x [B, 4*S] (time-major), conditioning [B, C] -> prediction [B, S] */
  predict(weights: Weights, unrolled: UnrolledUNet, x: tf.Tensor, condition: tf.Tensor): tf.Tensor
}

export function unet(
  p: ParameterList,
  path: string,
  state: number,
  config: { channels: number; blocks: number; conditioning: number },
): UNet {
  const { channels, blocks, conditioning } = config
  const build = new UNetBuilder(p)
  const plain: Channels = { count: state, group: state }
  const length = LENGTHS[0]!
  const convIn = build.convolutions.add(`${path}.conv_in`, {
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
  const convOut = build.convolutions.add(`${path}.conv_out`, {
    from: grouped(channels),
    to: plain,
    lengths: [length, 1],
    taps: 3,
    zero: true,
    tapOf: (i) => sameTaps(i, length - 1), // the last position only
  })
  const project = p.linear(`${path}.modulation`, conditioning, build.modulations.total)

  const predict: UNet['predict'] = (weights, convolutions, x, condition) => {
    const modulations = build.modulations.split(project(weights, condition))
    const pass = { convolutions, modulations }
    let h = convolve(x, convolutions[convIn]!)
    const skips: tf.Tensor[] = []
    for (const stage of down) {
      if (stage.resample) h = stage.resample(pass, h)
      skips.push(h)
      for (const block of stage.blocks) {
        h = block(pass, h)
        skips.push(h)
      }
    }
    for (const block of middle) h = block(pass, h)
    for (const stage of up) {
      if (stage.resample) h = stage.resample(pass, h)
      for (const block of stage.blocks) h = block(pass, tf.concat([h, skips.pop()!], 1))
    }
    const one = (name: string) => tf.reshape(weights[name]!, [1, channels / GROUP, 1, GROUP])
    return convolve(activate(h, length, one(gamma), one(beta)), convolutions[convOut]!)
  }
  return { unroll: (weights) => build.convolutions.unroll(weights), predict }
}
