// The epochs of DIMA (method.md 5): each collects whole episodes, trains the world model on all of them, and improves the
// policy inside it. Without a policy to learn, the random one plays and only the world model is trained.
import { type Episode, episodeLine } from '../../episodes/replay/episode.ts'
import { callFigures } from '../../learning/lanes/call-times.ts'
import type { MetricLine } from '../../learning/learner.ts'
import { EpochLoop, type Epochs } from '../../runs/epoch-loop.ts'
import type { PhaseClock } from '../../runs/phase-clock.ts'
import { evaluate } from '../../runs/policy-evaluation.ts'
import { type Milestone, RunProgress } from '../../runs/run-progress.ts'
import type { RunTrainer, TrainerOptions } from '../../runs/run-trainer.ts'
import type { Behaviour } from '../imagination/behaviour.ts'
import type { PolicySession } from '../policy/policy.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { DimaConfig } from './config.ts'
import type { Position } from './epoch-plan.ts'
import { improveModel } from './model-phase.ts'
import { improvePolicy } from './policy-phase.ts'
import { openParts, type Phase, type RunParts } from './run-parts.ts'
import { gatherState, restoreState } from './run-state.ts'

/** Compiles everything and goes on from the folder's checkpoint, if there is one. The source stays the caller's. */
export async function openTrainer(config: DimaConfig, options: TrainerOptions): Promise<RunTrainer> {
  return EpochLoop.open(new DimaEpochs(await openParts(config, options), options), options)
}

class DimaEpochs implements Epochs<Checkpoint> {
  readonly progress: RunProgress
  private readonly parts: RunParts
  private readonly options: TrainerOptions
  private policy: PolicySession | undefined
  private epoch = 0
  /** epochs in which the world model was trained */
  private trained = 0
  /** of them, those after the last step (EpochPlan.isFinal) */
  private final = 0
  /** environment steps before this epoch's */
  private before = 0

  constructor(parts: RunParts, options: TrainerOptions) {
    this.parts = parts
    this.options = options
    this.progress = new RunProgress(options.reporter)
  }

  get steps(): number {
    return this.parts.intake.steps
  }

  get finished(): boolean {
    return this.parts.plan.finished(this.position)
  }

  async begin(checkpoint: Checkpoint | undefined): Promise<void> {
    if (checkpoint) {
      await restoreState(this.parts, checkpoint)
      this.epoch = checkpoint.epoch
      this.trained = checkpoint.behaviour?.trainedEpochs ?? 0
      const isOver = this.steps >= this.parts.config.steps // it may have been made longer
      this.final = isOver ? (checkpoint.finalEpochs ?? 0) : 0
    }
    await this.takePolicy()
  }

  async run(epoch: number, clock: PhaseClock, signal?: AbortSignal): Promise<void> {
    const { plan, config } = this.parts
    this.epoch = epoch
    this.before = this.steps
    this.progress.status(`epoch ${epoch} collects`)
    if (plan.isFinal(this.before)) this.final++
    await clock.time('collect', () => this.collect(signal))
    if (this.steps >= config.hyperparameters.warmupSteps && !signal?.aborted) {
      await this.learn(clock, signal)
      clock.note(callFigures(await this.parts.lanes.callTimes()))
      this.trained++
    }
    const due = this.policy !== undefined && plan.evaluates(this.position)
    if (due && !signal?.aborted) await clock.time('evaluate', () => this.evaluate())
  }

  state() {
    const { parts, trained, final } = this
    return gatherState(parts, { trained, final })
  }

  async close(): Promise<void> {
    await this.policy?.close()
    await this.parts.lanes.close()
  }

  /** Whose policy learns in this epoch, if it does. */
  private get improving(): Behaviour | undefined {
    const { behaviour, config } = this.parts
    const { warmupEpochs } = config.hyperparameters.behaviour
    return this.trained >= warmupEpochs && this.final === 0 ? behaviour : undefined
  }

  private get position(): Position {
    const { epoch, final, before, steps, trained } = this
    return { epoch, final, before, steps, trained }
  }

  private collect(signal?: AbortSignal): Promise<void> {
    const { intake, plan, config } = this.parts
    const onEpisode = (episode: Episode) => {
      const { epoch, steps } = this
      this.log({ epoch, steps, ...episodeLine(episode) })
      this.options.reporter.status(`epoch ${epoch} collected ${steps} of ${config.steps} steps`)
    }
    const players = { policy: this.policy, exploration: plan.exploration(this.before) }
    return intake.fill(plan.wanted(this.before), onEpisode, signal, players)
  }

  private async learn(clock: PhaseClock, signal?: AbortSignal): Promise<void> {
    const { parts, position, improving } = this
    this.progress.pace.does(improving ? 'both' : position.final > 0 ? 'final' : 'model')
    const phase = (doing: string, shareOf: (done: number) => number): Phase => {
      this.progress.begin(this.milestone(doing, shareOf(0)))
      const onUpdate: Phase['onUpdate'] = (losses, done) => this.report(doing, shareOf(done), losses)
      return { position, clock, onUpdate, signal }
    }
    const half = improving ? 0.5 : 1
    const model = phase('trains the model', (done) => half * done)
    this.log(...(await clock.time('world_model', () => improveModel(parts, model))))
    if (!improving) return
    const policy = phase('imagines', (done) => half + half * done)
    this.log(...(await improvePolicy(improving, parts, policy)))
    await this.takePolicy()
  }

  /** From now on the policy as it is plays. */
  private async takePolicy(): Promise<void> {
    const policy = await this.parts.behaviour?.session()
    await this.policy?.close()
    this.policy = policy
  }

  private async evaluate(): Promise<void> {
    const { epoch, steps, options } = this
    const { hyperparameters, seed } = this.parts.config
    this.progress.status(`epoch ${epoch} evaluates`)
    const { episodes } = hyperparameters.evaluation
    const evaluation = await evaluate(options.source, this.policy!, episodes, seed)
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
    const { position, epoch, steps } = this
    const { plan } = this.parts
    const [left, work] = [plan.epochsLeft(position), plan.workLeft(position)]
    return { label: `epoch ${epoch} ${doing}`, epoch, share, left, work, steps }
  }
}
