// The epochs of MARIE (docs/marie.md): each collects whole episodes, then the tokenizer learns, from later epochs on the Transformer
// too, and then actor and critic inside them.
import { moduleUrl } from '../../common/module-url.ts'
import { mean } from '../../common/statistics.ts'
import { episodeLine } from '../../episodes/replay/episode.ts'
import { Intake } from '../../episodes/replay/intake.ts'
import { callFigures } from '../../learning/lanes/call-times.ts'
import { Lanes } from '../../learning/lanes/lanes.ts'
import type { MetricLine } from '../../learning/learner.ts'
import { EpochLoop, type Epochs } from '../../runs/epoch-loop.ts'
import { withStatus } from '../../runs/heartbeat.ts'
import type { PhaseClock } from '../../runs/phase-clock.ts'
import { evaluate } from '../../runs/policy-evaluation.ts'
import { RunProgress } from '../../runs/run-progress.ts'
import type { RunTrainer, TrainerOptions } from '../../runs/run-trainer.ts'
import { openPlayer } from '../../worlds/marie/serve/player.ts'
import type { Player } from '../../worlds/player.ts'
import { Behaviour } from './behaviour.ts'
import { type Checkpoint, NETWORK_NAMES } from './checkpoint.ts'
import type { MarieConfig } from './config.ts'
import { WorldLearning } from './world-learning.ts'

const RECIPES = moduleUrl('./recipes', import.meta.url).href
/** The critic learns beside the actor; tokenizer and Transformer learn by turns. */
const GROUPS = [['tokenizer', 'world', 'actor'], ['critic']]
/** A line of metrics every this many updates of a network of the world model, and at the end of every epoch. */
const LOG_EVERY = 20

/** Compiles everything and goes on from the folder's checkpoint, if there is one. The source stays the caller's. */
export async function openTrainer(config: MarieConfig, options: TrainerOptions): Promise<RunTrainer> {
  const { source, resources, reporter } = options
  const parts = await withStatus(reporter, `compiling ${GROUPS.flat().join(', ')}`, async () => {
    const lanes = await Lanes.open({
      ...{ recipes: RECIPES, task: source.spec, config, groups: GROUPS },
      resources: { cores: Math.min(resources.cores, GROUPS.length), stepsPerCall: 1 },
    })
    const world = await WorldLearning.open(config, source.spec, lanes)
    return { lanes, world, behaviour: await Behaviour.open(config, source.spec, lanes) }
  })
  return EpochLoop.open(new MarieEpochs(config, options, parts), options)
}

interface Parts {
  lanes: Lanes
  world: WorldLearning
  behaviour: Behaviour
}

class MarieEpochs implements Epochs<Checkpoint> {
  readonly progress: RunProgress
  private readonly config: MarieConfig
  private readonly options: TrainerOptions
  private readonly parts: Parts
  private readonly intake: Intake
  private player: Player | undefined
  private epoch = 0

  constructor(config: MarieConfig, options: TrainerOptions, parts: Parts) {
    this.progress = new RunProgress(options.reporter)
    this.config = config
    this.options = options
    this.parts = parts
    this.intake = new Intake(options.folder, options.source, config.hyperparameters)
  }

  get steps(): number {
    return this.intake.steps
  }

  get finished(): boolean {
    return this.intake.steps >= this.config.steps
  }

  async begin(checkpoint: Checkpoint | undefined): Promise<void> {
    const { lanes, world, behaviour } = this.parts
    if (checkpoint) {
      this.epoch = checkpoint.epoch
      this.intake.restore(checkpoint.episodes)
      Object.assign(this.intake.statistics, checkpoint.statistics)
      world.tokenizing.state = checkpoint.codebook
      behaviour.updates = checkpoint.behaviourUpdates
      behaviour.normaliser.restore(checkpoint.normaliser)
      for (const name of NETWORK_NAMES) await lanes.learner(name).restore(checkpoint.learners[name])
    }
    await this.takePlayer()
  }

  async run(epoch: number, clock: PhaseClock, signal?: AbortSignal): Promise<void> {
    const { warmupSteps, evaluation } = this.config.hyperparameters
    const before = this.steps
    this.epoch = epoch
    this.progress.status(`epoch ${epoch} collects`)
    await clock.time('collect', () => this.collect(signal))
    if (this.steps >= warmupSteps && !signal?.aborted) {
      await this.learn(clock, signal)
      clock.note(callFigures(await this.parts.lanes.callTimes()))
    }
    const due = Math.floor(this.steps / evaluation.everySteps) > Math.floor(before / evaluation.everySteps)
    if ((due || this.finished) && !signal?.aborted) await clock.time('evaluate', () => this.evaluate())
  }

  async state(): Promise<Omit<Checkpoint, 'epoch' | 'environmentSteps' | 'seconds'>> {
    const { lanes, world, behaviour } = this.parts
    const { episodes, ends, statistics } = this.intake
    const states = NETWORK_NAMES.map(async (name) => [name, await lanes.learner(name).state()] as const)
    return {
      ...{ episodes, ends },
      statistics: { count: statistics.count, mean: statistics.mean, variance: statistics.variance },
      learners: Object.fromEntries(await Promise.all(states)) as Checkpoint['learners'],
      codebook: world.tokenizing.state,
      normaliser: behaviour.normaliser.state,
      behaviourUpdates: behaviour.updates,
    }
  }

  async close(): Promise<void> {
    await this.player?.close()
    await this.parts.world.close()
    await this.parts.behaviour.close()
    await this.parts.lanes.close()
  }

  private collect(signal?: AbortSignal): Promise<void> {
    const { intake, config } = this
    const wanted = Math.min(config.steps, this.steps + config.hyperparameters.stepsPerEpoch)
    return intake.fill(
      wanted,
      (episode) => {
        this.log(episodeLine(episode), { steps: intake.steps })
        this.options.reporter.status(`epoch ${this.epoch} collected ${intake.steps} of ${config.steps} steps`)
      },
      signal,
      { policy: this.player },
    )
  }

  private async learn(clock: PhaseClock, signal?: AbortSignal): Promise<void> {
    const { world } = this.parts
    const tokenizes = () => world.stepTokenizer(this.intake)
    await clock.time('tokenizer', () => this.train('tokenizer', tokenizes, signal))
    await clock.time('world_model', () => this.train('world', () => world.stepWorld(this.intake), signal))
    const { fromEpoch, updatesPerEpoch } = this.config.hyperparameters.behaviour
    if (this.epoch >= fromEpoch && updatesPerEpoch > 0 && !signal?.aborted) await this.improve(clock, signal)
    await this.takePlayer()
  }

  /** All updates of an epoch of a network of the world model, if it is time for it. */
  private async train(
    network: 'tokenizer' | 'world',
    step: () => Promise<Record<string, number>>,
    signal?: AbortSignal,
  ): Promise<void> {
    const { fromEpoch, updatesPerEpoch, learningRate } = this.config.hyperparameters[network]
    if (this.epoch < fromEpoch) return
    const learner = this.parts.lanes.learner(network)
    for (let i = 0; i < updatesPerEpoch && !signal?.aborted; i++) {
      const metrics = await step()
      this.report(`trains the ${network}`, (i + 1) / updatesPerEpoch, { [network]: metrics.loss! })
      if (learner.updates % LOG_EVERY === 0 || i + 1 === updatesPerEpoch)
        this.log(metrics, { network, update: learner.updates, learning_rate: learningRate })
    }
  }

  /** Actor and critic, inside the world model as it is now. */
  private async improve(clock: PhaseClock, signal?: AbortSignal): Promise<void> {
    const { lanes, world, behaviour } = this.parts
    const { updatesPerEpoch, learningRate } = this.config.hyperparameters.behaviour
    const { spec, graphs } = await world.imagination(this.intake)
    await clock.time('imagine', () => lanes.load(spec, graphs))
    let last: Awaited<ReturnType<Behaviour['update']>> | undefined
    for (let i = 0; i < updatesPerEpoch && !signal?.aborted; i++) {
      last = await behaviour.update(this.intake, clock)
      const losses = { actor: last.actor.loss!, critic: last.critic.loss! }
      this.report('imagines', (i + 1) / updatesPerEpoch, losses)
    }
    if (!last) return
    const update = { update: behaviour.updates, learning_rate: learningRate }
    this.log(last.actor, { network: 'actor', ...update })
    this.log(last.critic, { network: 'critic', ...update })
    const true_reward = mean(this.intake.replay.episodes.at(-1)!.rewards)
    this.log({ ...last.imagination, true_reward, policy_std: last.actor.policy_std! }, { steps: this.steps })
  }

  /** From now on the policy as it is plays, with the tokenizer as it is. */
  private async takePlayer(): Promise<void> {
    const { world, behaviour } = this.parts
    const { spec, graphs } = await world.eyes(this.intake)
    const player = await openPlayer(spec, { ...graphs, policy: await behaviour.policy() })
    await this.player?.close()
    this.player = player
  }

  private async evaluate(): Promise<void> {
    const { source } = this.options
    const { hyperparameters, seed } = this.config
    this.progress.status(`epoch ${this.epoch} evaluates`)
    const { episodes } = hyperparameters.evaluation
    const evaluation = await evaluate(source, this.player!, episodes, seed)
    this.progress.evaluatedTo(evaluation.evaluation_return)
    this.log(evaluation, { steps: this.steps })
  }

  private log(figures: MetricLine, about: MetricLine): void {
    this.options.folder.logMetrics({ epoch: this.epoch, ...about, ...figures })
  }

  private report(doing: string, share: number, losses: Record<string, number>): void {
    const { epoch, steps } = this
    const left = Math.max(0, Math.ceil((this.config.steps - steps) / (steps / epoch)))
    this.progress.learned(losses)
    this.progress.report({ label: `epoch ${epoch} ${doing}`, epoch, share, left, steps })
  }
}
