// The epochs of MAMBA (docs/mamba.md): each collects whole episodes by the policy as it is, trains the world model on what was
// played, and improves actor and critic inside it.
import { moduleUrl } from '../../common/module-url.ts'
import { Rng } from '../../common/rng.ts'
import { mean } from '../../common/statistics.ts'
import { type Episode, episodeLine } from '../../episodes/replay/episode.ts'
import { Intake } from '../../episodes/replay/intake.ts'
import { callFigures } from '../../learning/lanes/call-times.ts'
import { Lanes } from '../../learning/lanes/lanes.ts'
import type { MetricLine } from '../../learning/learner.ts'
import type { DrawBatch } from '../../learning/objectives.ts'
import { type Dimensions, widthsOf } from '../../networks/dimensions.ts'
import { EpochLoop, type Epochs } from '../../runs/epoch-loop.ts'
import { withStatus } from '../../runs/heartbeat.ts'
import type { PhaseClock } from '../../runs/phase-clock.ts'
import { evaluate } from '../../runs/policy-evaluation.ts'
import { type Milestone, RunProgress } from '../../runs/run-progress.ts'
import type { RunTrainer, TrainerOptions } from '../../runs/run-trainer.ts'
import { openPlayer } from '../../worlds/mamba/serve/player.ts'
import { worldBatches } from '../../worlds/mamba/train/batch.ts'
import { imaginationOf, policyOf } from '../../worlds/mamba/train/imagination.ts'
import { CONTEXT, HORIZON } from '../../worlds/mamba/train/steps.ts'
import type { Player } from '../../worlds/player.ts'
import { type BehaviourMetrics, LatentBehaviour } from './behaviour.ts'
import { type Checkpoint, NETWORK_NAMES } from './checkpoint.ts'
import { formOf, type MambaConfig } from './config.ts'

const RECIPES = moduleUrl('./recipes', import.meta.url).href

/** Actor and critic learn when the world model does not. */
const GROUPS = [['world', 'actor'], ['critic']]
/** A line of metrics every this many updates of the world model, and at the end of every epoch. */
const LOG_EVERY = 20

/** Compiles everything and goes on from the folder's checkpoint, if there is one. The source stays the caller's. */
export async function openTrainer(config: MambaConfig, options: TrainerOptions): Promise<RunTrainer> {
  const { source, resources, reporter } = options
  const cores = Math.min(resources.cores, GROUPS.length)
  const work = { recipes: RECIPES, task: source.spec, config, groups: GROUPS }
  const lanes = await withStatus(reporter, `compiling ${GROUPS.flat().join(', ')}`, () =>
    Lanes.open({ ...work, resources: { cores, stepsPerCall: 1 } }),
  )
  return EpochLoop.open(new MambaEpochs(config, options, lanes), options)
}

class MambaEpochs implements Epochs<Checkpoint> {
  readonly progress: RunProgress
  private readonly config: MambaConfig
  private readonly options: TrainerOptions
  private readonly lanes: Lanes
  private readonly intake: Intake
  private readonly draw: DrawBatch
  private readonly behaviour: LatentBehaviour
  private player: Player | undefined
  private epoch = 0
  /** environment steps before this epoch's */
  private before = 0

  constructor(config: MambaConfig, options: TrainerOptions, lanes: Lanes) {
    const { source, folder, reporter } = options
    const widths = widthsOf(source.spec)
    const { world, timeLimitIsEnd } = config.hyperparameters
    const dims: Dimensions = { ...widths, context: CONTEXT, horizon: HORIZON }
    this.config = config
    this.options = options
    this.lanes = lanes
    this.progress = new RunProgress(reporter)
    this.intake = new Intake(folder, source, config.hyperparameters)
    this.draw = worldBatches(widths, config.networks, { ...world, timeLimitIsEnd })
    this.behaviour = new LatentBehaviour(config, dims, lanes)
  }

  get steps(): number {
    return this.intake.steps
  }

  get finished(): boolean {
    return this.steps >= this.config.steps
  }

  async begin(checkpoint: Checkpoint | undefined): Promise<void> {
    if (checkpoint) {
      const { episodes, statistics, learners, behaviourUpdates, epoch } = checkpoint
      this.intake.restore(episodes)
      Object.assign(this.intake.statistics, statistics)
      for (const name of NETWORK_NAMES) await this.lanes.learner(name).restore(learners[name])
      this.behaviour.updates = behaviourUpdates
      this.epoch = epoch
    }
    await this.takePlayer()
  }

  async run(epoch: number, clock: PhaseClock, signal?: AbortSignal): Promise<void> {
    this.epoch = epoch
    this.before = this.steps
    this.progress.status(`epoch ${epoch} collects`)
    await clock.time('collect', () => this.collect(signal))
    if (this.steps >= this.config.hyperparameters.warmupSteps && !signal?.aborted) {
      await this.learn(clock, signal)
      clock.note(callFigures(await this.lanes.callTimes()))
    }
    if (this.evaluates && !signal?.aborted) await clock.time('evaluate', () => this.evaluate())
  }

  async state(): Promise<Omit<Checkpoint, 'epoch' | 'environmentSteps' | 'seconds'>> {
    const { intake, lanes, behaviour } = this
    const { mean: centre, variance, count } = intake.statistics
    const states = await Promise.all(NETWORK_NAMES.map((name) => lanes.learner(name).state()))
    const learners = Object.fromEntries(NETWORK_NAMES.map((name, i) => [name, states[i]!]))
    return {
      episodes: intake.episodes,
      ends: intake.ends,
      statistics: { count, mean: centre, variance },
      learners: learners as Checkpoint['learners'],
      behaviourUpdates: behaviour.updates,
    }
  }

  async close(): Promise<void> {
    await this.player?.close()
    await this.lanes.close()
  }

  private get evaluates(): boolean {
    const { everySteps } = this.config.hyperparameters.evaluation
    return Math.floor(this.steps / everySteps) > Math.floor(this.before / everySteps) || this.finished
  }

  private collect(signal?: AbortSignal): Promise<void> {
    const { intake, config, player } = this
    const wanted = Math.min(config.steps, this.before + config.hyperparameters.stepsPerEpoch)
    const onEpisode = (episode: Episode) => {
      const { epoch, steps } = this
      this.log({ epoch, steps, ...episodeLine(episode) })
      this.options.reporter.status(`epoch ${epoch} collected ${steps} of ${config.steps} steps`)
    }
    return intake.fill(wanted, onEpisode, signal, { policy: player })
  }

  private async learn(clock: PhaseClock, signal?: AbortSignal): Promise<void> {
    const { behaviour } = this.config.hyperparameters
    this.progress.begin(this.milestone('trains the model', 0))
    await clock.time('world_model', () => this.trainWorld(signal))
    if (behaviour.updatesPerEpoch > 0) await this.improve(clock, signal)
    await this.takePlayer()
  }

  private async trainWorld(signal?: AbortSignal): Promise<void> {
    const { seed, hyperparameters } = this.config
    const { updatesPerEpoch: updates, learningRate } = hyperparameters.world
    const learner = this.lanes.learner('world')
    for (let i = 0; i < updates && !signal?.aborted; i++) {
      const batch = this.draw(this.intake, new Rng(seed, 'world', learner.updates))
      const metrics = await learner.step(batch, learningRate)
      this.report('trains the model', (i + 1) / (2 * updates), { world: metrics.loss! })
      if (learner.updates % LOG_EVERY === 0 || i + 1 === updates)
        this.log({
          ...{ epoch: this.epoch, network: 'world', update: learner.updates, learning_rate: learningRate },
          ...metrics,
        })
    }
  }

  /** Actor and critic, inside the world model as it is now. */
  private async improve(clock: PhaseClock, signal?: AbortSignal): Promise<void> {
    const { updatesPerEpoch: updates } = this.config.hyperparameters.behaviour
    const { spec, graphs } = await this.imagination()
    await clock.time('imagine', () => this.lanes.load(spec, graphs))
    let last: BehaviourMetrics | undefined
    for (let i = 0; i < updates && !signal?.aborted; i++) {
      last = await this.behaviour.update(this.intake, await this.policy(), clock)
      const losses = { actor: last.actor.loss!, critic: last.critic.loss! }
      this.report('imagines', 0.5 + (i + 1) / (2 * updates), losses)
    }
    if (last) this.log(...this.linesOf(last))
  }

  private linesOf({ actor, critic, imagination }: BehaviourMetrics): MetricLine[] {
    const { epoch, steps, intake } = this
    const { learningRate: learning_rate } = this.config.hyperparameters.behaviour
    const update = { update: this.behaviour.updates, learning_rate }
    const true_reward = mean(intake.replay.episodes.at(-1)!.rewards)
    return [
      { epoch, network: 'actor', ...update, ...actor },
      { epoch, network: 'critic', ...update, ...critic },
      { epoch, steps, ...imagination, true_reward, policy_std: actor.policy_std! },
    ]
  }

  private async imagination() {
    const { source } = this.options
    const parameters = await this.lanes.learner('world').parameters()
    const { networks, device } = this.config
    return imaginationOf(
      source.spec,
      { networks, device, form: formOf(source.spec) },
      this.intake,
      parameters,
    )
  }

  private async policy(): Promise<Uint8Array> {
    const { source } = this.options
    return policyOf(source.spec, this.config.networks, await this.lanes.learner('actor').parameters())
  }

  /** From now on the policy as it is plays, with the world model as it is. */
  private async takePlayer(): Promise<void> {
    const { spec, graphs } = await this.imagination()
    const player = await openPlayer(spec, { ...graphs, policy: await this.policy() })
    await this.player?.close()
    this.player = player
  }

  private async evaluate(): Promise<void> {
    const { epoch, steps, options, player } = this
    const { hyperparameters, seed } = this.config
    this.progress.status(`epoch ${epoch} evaluates`)
    const { episodes } = hyperparameters.evaluation
    const evaluation = await evaluate(options.source, player!, episodes, seed)
    this.progress.evaluatedTo(evaluation.evaluation_return)
    this.log({ epoch, steps, ...evaluation })
  }

  private log(...lines: MetricLine[]): void {
    for (const line of lines) this.options.folder.logMetrics(line)
  }

  private report(doing: string, share: number, losses: Record<string, number>): void {
    this.progress.learned(losses)
    this.progress.report(this.milestone(doing, share))
  }

  private milestone(doing: string, share: number): Milestone {
    const { epoch, steps } = this
    const left = Math.max(0, Math.ceil((this.config.steps - steps) / (steps / epoch)))
    return { label: `epoch ${epoch} ${doing}`, epoch, share, left, steps }
  }
}
