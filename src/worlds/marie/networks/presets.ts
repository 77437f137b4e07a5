// Network sizes. `paper` is the original's configuration (docs/marie.md); `small` is for two cores; `debug` runs in seconds and is
// for tests.
import type { PresetName } from '../../../networks/policy-sizes.ts'

/** What an observation becomes. */
export interface TokenSizes {
  /** K, tokens of an agent's observation */
  tokens: number
  /** V, what a token can be */
  codes: number
}

export interface TokenizerConfig extends TokenSizes {
  /** C, numbers of a code */
  codeWidth: number
  /** of the hidden layers */
  width: number
}

export interface AggregatorConfig {
  /** self-attention layers after the one that reads */
  layers: number
  heads: number
  headWidth: number
  /** of the feed-forward parts */
  hidden: number
}

export interface NetworksConfig {
  tokenizer: TokenizerConfig
  aggregator: AggregatorConfig
  /** W, of embeddings and of the Transformer */
  width: number
  layers: number
  heads: number
}

export const NETWORK_PRESETS: Record<PresetName, NetworksConfig> = {
  debug: {
    tokenizer: { tokens: 4, codes: 16, codeWidth: 8, width: 32 },
    aggregator: { layers: 1, heads: 2, headWidth: 8, hidden: 32 },
    width: 32,
    layers: 2,
    heads: 2,
  },
  small: {
    tokenizer: { tokens: 8, codes: 512, codeWidth: 64, width: 256 },
    aggregator: { layers: 1, heads: 4, headWidth: 32, hidden: 512 },
    width: 128,
    layers: 3,
    heads: 4,
  },
  paper: {
    tokenizer: { tokens: 16, codes: 512, codeWidth: 64, width: 256 },
    aggregator: { layers: 2, heads: 8, headWidth: 64, hidden: 1024 },
    width: 256,
    layers: 10,
    heads: 4,
  },
}

/** Steps that the Transformer has positions for: H of a training sequence. */
export const BLOCKS = 15
/** Steps after which it forgets all but the present tokens, since what follows would have no position. */
export const HISTORY = BLOCKS - 1

/** P, tokens of a step: an agent's observation, its action, and what all agents are together. */
export const blockSize = ({ tokens }: TokenSizes, { action }: { action: number }): number =>
  tokens + action + 1
