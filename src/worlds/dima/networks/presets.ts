// Network sizes. `paper` is the full architecture of method.md; `small` trains in under an hour on two cores: the same
// U-Net, a pooled action encoder, a narrower reward model; `debug` runs in seconds and is for tests.
import type { PresetName } from '../../../networks/policy-sizes.ts'

export type EncoderConfig =
  | { kind: 'pooling'; width: number }
  | {
      kind: 'perceiver'
      tokenWidth: number
      latents: number
      width: number
      heads: number
      headWidth: number
      layers: number
      /** GEGLU hidden width */
      hidden: number
    }

/** Denoiser and critic see x = SIGMA_DATA (s - mean) / std of a state s (method.md 2.3). */
export const SIGMA_DATA = 0.5

export interface DenoiserConfig {
  /** U-Net width, a multiple of 32 (GroupNorm groups of 32 channels) */
  channels: number
  /** residual blocks of a down stage; an up stage has one more */
  blocks: number
  conditioning: number
  encoder: EncoderConfig
  /** whether a linear prediction is added to the U-Net's (linear-path.ts) */
  linearPath?: boolean
  /** delta, the standard deviation of the offset noise; absent: 0.3 of denoiser.ts. 0 is an ablation (method.md 2.3, 7.4). */
  offsetNoise?: number
}

export interface StateDecoderConfig {
  width: number
  tokens: number
  /** FSQ levels of one token */
  levels: number[]
}

export interface RewardConfig {
  width: number
  layers: number
  heads: number
  dropout: number
  action: { layers: number; heads: number; headWidth: number; hidden: number }
}

export interface NetworksConfig {
  denoiser: DenoiserConfig
  decoder: StateDecoderConfig
  reward: RewardConfig
}

const fsq = { tokens: 12, levels: [8, 6, 5] }

export const NETWORK_PRESETS: Record<PresetName, NetworksConfig> = {
  debug: {
    denoiser: { channels: 32, blocks: 1, conditioning: 32, encoder: { kind: 'pooling', width: 32 } },
    decoder: { width: 64, ...fsq },
    reward: {
      width: 32,
      layers: 1,
      heads: 2,
      dropout: 0,
      action: { layers: 1, heads: 2, headWidth: 16, hidden: 32 },
    },
  },
  small: {
    denoiser: { channels: 64, blocks: 2, conditioning: 256, encoder: { kind: 'pooling', width: 128 } },
    decoder: { width: 512, ...fsq },
    reward: {
      width: 128,
      layers: 2,
      heads: 4,
      dropout: 0,
      action: { layers: 1, heads: 4, headWidth: 32, hidden: 128 },
    },
  },
  paper: {
    denoiser: {
      channels: 64,
      blocks: 2,
      conditioning: 256,
      encoder: {
        kind: 'perceiver',
        tokenWidth: 256,
        latents: 32,
        width: 512,
        heads: 8,
        headWidth: 64,
        layers: 2,
        hidden: 2048,
      },
    },
    decoder: { width: 512, ...fsq },
    reward: {
      width: 256,
      layers: 6,
      heads: 4,
      dropout: 0.1,
      action: { layers: 3, heads: 8, headWidth: 32, hidden: 1024 },
    },
  },
}
