// The world model in training (docs/marie.md): the tokenizer with its codebook, and the Transformer on the tokens that it makes.
import { Rng } from '../../common/rng.ts'
import { type NamedTensors, tensor } from '../../common/tensors.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import type { Data } from '../../episodes/replay/intake.ts'
import type { Learned } from '../../episodes/world-facts.ts'
import type { Lanes } from '../../learning/lanes/lanes.ts'
import { type DrawBatch, emptyBatch } from '../../learning/objectives.ts'
import { type Widths, widthsOf } from '../../networks/dimensions.ts'
import { BLOCKS } from '../../worlds/marie/networks/presets.ts'
import { sequenceBatches } from '../../worlds/marie/train/batch.ts'
import { eyesOf, imaginationOf } from '../../worlds/marie/train/imagination.ts'
import { simulatorSpec } from '../../worlds/marie/train/spec.ts'
import { formOf, type MarieConfig } from './config.ts'
import { Tokenizing } from './tokenizing.ts'

type Metrics = Record<string, number>

export class WorldLearning {
  readonly tokenizing: Tokenizing
  private readonly config: MarieConfig
  private readonly task: TaskSpec
  private readonly widths: Widths
  private readonly lanes: Lanes
  private readonly drawSequences: DrawBatch

  private constructor(config: MarieConfig, task: TaskSpec, lanes: Lanes, tokenizing: Tokenizing) {
    const { world, timeLimitIsEnd } = config.hyperparameters
    this.config = config
    this.task = task
    this.widths = widthsOf(task)
    this.lanes = lanes
    this.tokenizing = tokenizing
    this.drawSequences = sequenceBatches(this.widths, config.networks.tokenizer, {
      sequences: world.sequences,
      timeLimitIsEnd,
    })
  }

  static async open(config: MarieConfig, task: TaskSpec, lanes: Lanes): Promise<WorldLearning> {
    const { networks } = config
    return new WorldLearning(
      config,
      task,
      lanes,
      await Tokenizing.open(widthsOf(task), networks.tokenizer, config),
    )
  }

  /** One update of encoder and decoder, after which the codebook follows what they made of the batch before it. */
  async stepTokenizer(data: Data): Promise<Metrics> {
    const { tokenizing, config } = this
    const learner = this.lanes.learner('tokenizer')
    const { batch, learningRate } = config.hyperparameters.tokenizer
    const observations = this.drawObservations(
      data,
      new Rng(config.seed, 'tokenizer', learner.updates),
      batch,
    )
    const encoded = await tokenizing.encode(await learner.parameters(), observations.data as Float32Array)
    const tokens = tensor([batch, this.widths.agents, config.networks.tokenizer.tokens], encoded.tokens)
    const metrics = await learner.step({ observations, tokens, codes: tokenizing.codes }, learningRate)
    tokenizing.follow(encoded)
    return { ...metrics, codes_used: new Set(encoded.tokens).size / config.networks.tokenizer.codes }
  }

  /** One update of the Transformer, on tokens of the tokenizer as it is. */
  async stepWorld(data: Data): Promise<Metrics> {
    const { config, widths } = this
    const learner = this.lanes.learner('world')
    const { sequences, learningRate } = config.hyperparameters.world
    const drawn = this.drawSequences(data, new Rng(config.seed, 'world', learner.updates))
    const { observations, ...rest } = drawn as NamedTensors
    const parameters = await this.lanes.learner('tokenizer').parameters()
    const { tokens } = await this.tokenizing.encode(parameters, observations!.data)
    const shape = [sequences, BLOCKS, widths.agents, config.networks.tokenizer.tokens]
    return learner.step({ ...rest, tokens: { data: tokens, shape } }, learningRate)
  }

  /** Specification and graphs of the world model as it is. */
  async imagination(learned: Learned) {
    const { networks, device } = this.config
    const parameters = { ...(await this.seeing()), world: await this.lanes.learner('world').parameters() }
    return imaginationOf(this.task, { networks, device, form: formOf(this.task) }, learned, parameters)
  }

  /** The graphs that a policy sees by, as they are, and the specification. */
  async eyes(learned: Learned) {
    const { networks } = this.config
    const graphs = eyesOf(this.task, networks, await this.seeing())
    return { spec: simulatorSpec(this.task, learned, networks), graphs }
  }

  private async seeing() {
    const tokenizer = await this.lanes.learner('tokenizer').parameters()
    return { tokenizer, codes: this.tokenizing.state.codes }
  }

  close(): Promise<void> {
    return this.tokenizing.close()
  }

  /** Joint observations of steps that are all alike. [M, N, O] */
  private drawObservations({ replay }: Data, rng: Rng, M: number) {
    const { agents: N, observation: O } = this.widths
    const { observations } = emptyBatch([{ name: 'observations', shape: [M, N, O] }])
    for (let row = 0; row < M; row++) {
      const { episode, t } = replay.place(rng.int(replay.size))
      const seen = replay.episodes[episode]!.observations.subarray(t * N * O, (t + 1) * N * O)
      observations!.data.set(seen, row * N * O)
    }
    return observations!
  }
}
