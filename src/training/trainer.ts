// The training loop (dima.md 5): an epoch collects whole episodes, then trains decoder, denoiser and reward model.
// Every random choice is keyed by the seed and its place in the run, so that a resumed run equals an uninterrupted
// one bit for bit.
import { Rng } from '../common/rng.ts'
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from './checkpoint.ts'
import type { Episode } from './episode.ts'
import { Intake } from './intake.ts'
import { Pace } from './pace.ts'
import type { Reporter } from './progress.ts'
import type { RunFolder } from './run-folder.ts'
import { learningRate, shareDone } from './schedule.ts'
import type { EpisodeSource } from './sources/source.ts'
import type { RunConfig } from './train-config.ts'
import { NETWORK_NAMES, type NetworkName } from './world-model.ts'
import { createLearners, type Learners } from './world-model-trainer.ts'

/** A line of metrics every this many updates, and at the end of every epoch. */
const LOG_EVERY = 50

export class Trainer {
  private readonly config: RunConfig
  private readonly folder: RunFolder
  private readonly reporter: Reporter
  private readonly learners: Learners
  private readonly intake: Intake
  private epoch = 0
  private seconds = 0
  /** what the last checkpoint holds */
  private saved = { steps: 0, epoch: 0 }
  private readonly pace: Pace

  private constructor(
    config: RunConfig,
    folder: RunFolder,
    reporter: Reporter,
    source: EpisodeSource,
    learners: Learners,
  ) {
    this.config = config
    this.folder = folder
    this.reporter = reporter
    this.learners = learners
    this.intake = new Intake(folder, source, config.hyperparameters.capacity)
    const { decoder, denoiser, reward } = config.hyperparameters
    this.pace = new Pace({
      decoder: decoder.updatesPerEpoch,
      denoiser: denoiser.updatesPerEpoch,
      reward: reward.updatesPerEpoch,
    })
  }

  /** Compiles everything and goes on from the folder's checkpoint, if there is one. The source stays the caller's. */
  static async create(
    config: RunConfig,
    folder: RunFolder,
    source: EpisodeSource,
    reporter: Reporter,
  ): Promise<Trainer> {
    const learners = await createLearners(source.spec, config)
    const trainer = new Trainer(config, folder, reporter, source, learners)
    const checkpoint = loadCheckpoint(folder.file('checkpoint.msgpack'))
    folder.rewindMetrics(checkpoint?.epoch ?? 0)
    if (checkpoint) trainer.restore(checkpoint)
    return trainer
  }

  get finished(): boolean {
    const { trainingEpochs } = this.config.hyperparameters
    return this.saved.steps >= this.config.steps && this.saved.epoch >= trainingEpochs
  }

  /** Runs epochs until all steps are collected and trained on, or the signal asks to stop: then the epoch is lost. */
  async run(signal?: AbortSignal): Promise<void> {
    const { trainingEpochs, stepsPerEpoch } = this.config.hyperparameters
    while (!this.finished && !signal?.aborted) {
      const began = performance.now()
      const before = this.intake.steps
      this.epoch++
      await this.collect(trainingEpochs > 0 ? this.config.steps : this.intake.steps + stepsPerEpoch, signal)
      if (this.intake.steps >= this.config.hyperparameters.warmupSteps) {
        for (const name of NETWORK_NAMES) await this.train(name, before, signal)
      }
      if (signal?.aborted) return
      this.seconds += (performance.now() - began) / 1000
      this.save()
    }
  }

  async close(): Promise<void> {
    for (const name of NETWORK_NAMES) await this.learners.byName[name].close()
  }

  private collect(wanted: number, signal?: AbortSignal): Promise<void> {
    const onEpisode = ({ rewards, length }: Episode) => {
      const { epoch } = this
      const { steps } = this.intake
      const episode_return = rewards.reduce((a, b) => a + b, 0)
      this.folder.logMetrics({ epoch, steps, episode_return, episode_length: length })
      this.reporter.status(`epoch ${epoch} collected ${steps} of ${this.config.steps} steps`)
    }
    return this.intake.fill(wanted, onEpisode, signal)
  }

  /** One epoch's updates of one network. */
  private async train(name: NetworkName, before: number, signal?: AbortSignal): Promise<void> {
    const { hyperparameters: hyper, seed } = this.config
    const { updatesPerEpoch } = hyper[name]
    const learner = this.learners.byName[name]
    const began = performance.now()
    for (let i = 0; i < updatesPerEpoch && !signal?.aborted; i++) {
      const rng = new Rng(seed, name, learner.updates)
      const batch = learner.objective.batch(this.intake, rng)
      const done = this.shareDone(before, i / updatesPerEpoch)
      const rate = learningRate(hyper[name], learner.updates, done)
      const metrics = await learner.step(batch, rate)
      this.pace.measure(name, (performance.now() - began) / (i + 1))
      this.report(name, i + 1, metrics)
      if ((i + 1) % LOG_EVERY === 0 || i + 1 === updatesPerEpoch) {
        this.folder.logMetrics({
          epoch: this.epoch,
          network: name,
          update: learner.updates,
          learning_rate: rate,
          ...metrics,
        })
      }
    }
  }

  /** The share of all training that lies behind at a point of this epoch, for the learning rate. */
  private shareDone(before: number, epochShare: number): number {
    const { trainingEpochs, warmupSteps: warmup } = this.config.hyperparameters
    if (trainingEpochs > 0) return (this.epoch - 1 + epochShare) / trainingEpochs
    return shareDone({ before, after: this.intake.steps, warmup, total: this.config.steps }, epochShare)
  }

  private report(name: NetworkName, updates: number, { loss }: Record<string, number>): void {
    const estimate = this.pace.estimate(name, updates, this.trainingEpochs())
    this.reporter.update({ label: `epoch ${this.epoch} ${name}`, loss: loss!, ...estimate })
  }

  /** Epochs with updates before this one and after it; with collection in turn, at the length of the epochs so far. */
  private trainingEpochs(): { before: number; after: number } {
    const { trainingEpochs, warmupSteps } = this.config.hyperparameters
    if (trainingEpochs > 0) return { before: this.epoch - 1, after: trainingEpochs - this.epoch }
    const stepsPerEpoch = this.intake.steps / this.epoch
    const untrained = Math.max(0, Math.ceil(warmupSteps / stepsPerEpoch) - 1)
    const after = Math.max(0, Math.ceil((this.config.steps - this.intake.steps) / stepsPerEpoch))
    return { before: this.epoch - 1 - untrained, after }
  }

  private save(): void {
    const { episodes, steps, statistics } = this.intake
    const { mean, variance, count } = statistics
    const { byName, samplers } = this.learners
    saveCheckpoint(this.folder.file('checkpoint.msgpack'), {
      epoch: this.epoch,
      episodes,
      environmentSteps: steps,
      seconds: this.seconds,
      statistics: { count, mean, variance },
      visits: { decoder: samplers.decoder.visits, reward: samplers.reward.visits },
      learners: {
        decoder: byName.decoder.state(),
        denoiser: byName.denoiser.state(),
        reward: byName.reward.state(),
      },
    })
    this.saved = { steps, epoch: this.epoch }
  }

  private restore(checkpoint: Checkpoint): void {
    this.intake.restore(checkpoint.episodes)
    this.epoch = checkpoint.epoch
    this.seconds = checkpoint.seconds
    this.saved = { steps: this.intake.steps, epoch: this.epoch }
    Object.assign(this.intake.statistics, checkpoint.statistics)
    this.learners.samplers.decoder.restore(checkpoint.visits.decoder, this.intake.replay)
    this.learners.samplers.reward.restore(checkpoint.visits.reward, this.intake.replay)
    for (const name of NETWORK_NAMES) this.learners.byName[name].restore(checkpoint.learners[name])
    this.reporter.note(`resumed after epoch ${this.epoch}, ${this.intake.steps} environment steps`)
  }
}
