// The tokenizer as it is while it learns: what it makes of observations, and the codebook that follows. M joint observations, N
// agents, O observation, K tokens, V codes of C numbers.
import * as tf from '@tensorflow/tfjs-core'
import { initialValues, type Parameter } from '../../common/parameters.ts'
import { tensor } from '../../common/tensors.ts'
import type { Device } from '../../engine/device.ts'
import { packBuckets, planBuckets, unpackBuckets } from '../../graph/train-step.ts'
import { LentSession } from '../../learning/lent-session.ts'
import type { Widths } from '../../networks/dimensions.ts'
import type { TokenizerConfig } from '../../worlds/marie/networks/presets.ts'
import { codebook, createTokenizer, nearest } from '../../worlds/marie/networks/tokenizer.ts'
import { type CodebookState, followed, freshCodebook } from '../../worlds/marie/train/codebook.ts'

type Seeing = Pick<Widths, 'agents' | 'observation'>

export class Tokenizing {
  state: CodebookState
  private readonly session: LentSession
  private readonly widths: Seeing
  private readonly config: TokenizerConfig

  private constructor(session: LentSession, widths: Seeing, config: TokenizerConfig, seed: number) {
    this.session = session
    this.widths = widths
    this.config = config
    this.state = freshCodebook(initialValues([codebook(config)], seed).get('codes')!, config.codes)
  }

  static async open(
    widths: Seeing,
    config: TokenizerConfig,
    { seed, device }: { seed: number; device: Device },
  ): Promise<Tokenizing> {
    return new Tokenizing(
      await LentSession.open(encodingGraph(widths, config), { device }),
      widths,
      config,
      seed,
    )
  }

  /** The codebook as an input of a train step. */
  get codes() {
    return tensor([this.config.codes, this.config.codeWidth], this.state.codes)
  }

  /**
   * @param parameters of the tokenizer, by bucket
   * @param observations [M, N, O]
   * @returns tokens [M, N, K] and the vectors [M, N, K * C] that they stand for
   */
  async encode(
    parameters: Float32Array[],
    observations: Float32Array,
  ): Promise<{ tokens: Float32Array; vectors: Float32Array }> {
    const { agents: N, observation: O } = this.widths
    const given = tensor([observations.length / (N * O), N, O], observations)
    const encoder = this.encoderOf(parameters)
    const out = await this.session.run({ encoder }, { observations: given, codes: this.codes })
    return { tokens: out.tokens!.data, vectors: out.vectors!.data }
  }

  /** The codebook follows what was encoded. */
  follow({ tokens, vectors }: { tokens: Float32Array; vectors: Float32Array }): void {
    this.state = followed(this.state, tokens, vectors)
  }

  /** The part of the parameters that encodes, by bucket: a graph takes no input that it does not need. */
  private encoderOf(parameters: Float32Array[]): Float32Array[] {
    const all = createTokenizer(this.widths, this.config).parameters
    return packBuckets(planBuckets(encoding(all)), unpackBuckets(planBuckets(all), parameters))
  }

  close(): Promise<void> {
    return this.session.close()
  }
}

const encoding = (parameters: readonly Parameter[]): Parameter[] =>
  parameters.filter(({ name }) => name.startsWith('encoder.'))

function encodingGraph(
  { agents: N, observation: O }: Seeing,
  config: TokenizerConfig,
): Parameters<typeof LentSession.open>[0] {
  const { tokens: K, codes: V, codeWidth: C } = config
  const tokenizer = createTokenizer({ observation: O }, config)
  return {
    name: 'encoding',
    networks: { encoder: encoding(tokenizer.parameters) },
    inputs: (B) => [
      { name: 'observations', shape: [B, N, O] },
      { name: 'codes', shape: [V, C] },
    ],
    build: ({ encoder: w }, { observations, codes }) => {
      const vectors = tokenizer.encode(w!, observations!)
      const found = nearest(codes!, tf.reshape(vectors, [-1, C]))
      return { vectors, tokens: tf.reshape(found, [-1, N, K]) }
    },
  }
}
