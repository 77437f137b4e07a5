// The training loop (dima.md 5): an epoch collects whole episodes, then trains decoder, denoiser and reward model.
// Every random choice is keyed by the seed and its place in the run, so that a resumed run equals an uninterrupted
// one bit for bit.
import { Rng } from '../common/rng.ts'
import { makeEnv, taskSpec } from '../env/make-env.ts'
import type { ParallelEnv } from '../env/parallel-env.ts'
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from './checkpoint.ts'
import { collectEpisode, gaussianPolicy, type Policy } from './collect.ts'
import type { Reporter } from './progress.ts'
import { Replay } from './replay.ts'
import type { RunFolder } from './run-folder.ts'
import { learningRate, shareDone } from './schedule.ts'
import { RunningStatistics } from './statistics.ts'
import type { RunConfig } from './train-config.ts'
import { NETWORK_NAMES, type NetworkName } from './world-model.ts'
import { createLearners, type Learners } from './world-model-trainer.ts'

/** A line of metrics every this many updates, and at the end of every epoch. */
const LOG_EVERY = 50

export class Trainer {
  private readonly config: RunConfig
  private readonly folder: RunFolder
  private readonly reporter: Reporter
  private readonly env: ParallelEnv
  private readonly policy: Policy
  private readonly learners: Learners
  private readonly replay: Replay
  private readonly statistics: RunningStatistics
  private epoch = 0
  private episodes = 0
  private steps = 0
  private seconds = 0
  /** environment steps of the epochs that are saved */
  private saved = 0
  /** measured milliseconds an update, for the time left */
  private readonly pace: Partial<Record<NetworkName, number>> = {}

  private constructor(
    config: RunConfig,
    folder: RunFolder,
    reporter: Reporter,
    env: ParallelEnv,
    learners: Learners,
  ) {
    this.config = config
    this.folder = folder
    this.reporter = reporter
    this.env = env
    this.learners = learners
    this.policy = gaussianPolicy(env, config.hyperparameters.policyStd)
    this.replay = new Replay(config.hyperparameters.capacity)
    this.statistics = new RunningStatistics(env.stateSpace.shape[0]!)
  }

  /** Compiles everything and goes on from the folder's checkpoint, if there is one. */
  static async create(config: RunConfig, folder: RunFolder, reporter: Reporter): Promise<Trainer> {
    const learners = await createLearners(taskSpec(config.task), config)
    const trainer = new Trainer(config, folder, reporter, await makeEnv(config.task), learners)
    const checkpoint = loadCheckpoint(folder.file('checkpoint.msgpack'))
    folder.rewindMetrics(checkpoint?.epoch ?? 0)
    if (checkpoint) trainer.restore(checkpoint)
    return trainer
  }

  get finished(): boolean {
    return this.saved >= this.config.steps
  }

  /** Runs epochs until the environment steps are collected, or the signal asks to stop: then the epoch is lost. */
  async run(signal?: AbortSignal): Promise<void> {
    while (!this.finished && !signal?.aborted) {
      const began = performance.now()
      const before = this.steps
      this.epoch++
      this.collect()
      if (this.steps >= this.config.hyperparameters.warmupSteps) {
        for (const name of NETWORK_NAMES) await this.train(name, before, signal)
      }
      if (signal?.aborted) return
      this.seconds += (performance.now() - began) / 1000
      this.save()
    }
  }

  async close(): Promise<void> {
    this.env.close()
    for (const name of NETWORK_NAMES) await this.learners.byName[name].close()
  }

  /** Plays whole episodes until the epoch has its steps. */
  private collect(): void {
    const wanted = this.steps + this.config.hyperparameters.stepsPerEpoch
    while (this.steps < wanted) {
      const episode = collectEpisode(this.env, this.policy, this.config.seed, 'collect', this.episodes)
      this.folder.saveEpisode(this.episodes++, episode)
      this.remember(episode)
      this.folder.logMetrics({
        epoch: this.epoch,
        steps: this.steps,
        episode_return: episode.rewards.reduce((a, b) => a + b, 0),
        episode_length: episode.length,
      })
    }
  }

  private remember(episode: ReturnType<typeof collectEpisode>): void {
    this.replay.add(episode)
    this.statistics.update(episode)
    this.steps += episode.length
  }

  /** One epoch's updates of one network. */
  private async train(name: NetworkName, before: number, signal?: AbortSignal): Promise<void> {
    const { hyperparameters: hyper, seed, steps: total } = this.config
    const { updatesPerEpoch } = hyper[name]
    const learner = this.learners.byName[name]
    const span = { before, after: this.steps, warmup: hyper.warmupSteps, total }
    const began = performance.now()
    for (let i = 0; i < updatesPerEpoch && !signal?.aborted; i++) {
      const rng = new Rng(seed, name, learner.updates)
      const batch = learner.objective.batch({ replay: this.replay, statistics: this.statistics }, rng)
      const done = shareDone(span, i / updatesPerEpoch)
      const rate = learningRate(hyper[name], learner.updates, done)
      const metrics = await learner.step(batch, rate)
      this.pace[name] = (performance.now() - began) / (i + 1)
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

  private report(name: NetworkName, updates: number, metrics: Record<string, number>): void {
    const { all, left } = this.work(name, updates)
    this.reporter.update({
      label: `epoch ${this.epoch} ${name}`,
      done: 1 - left / all,
      rate: 1000 / this.pace[name]!,
      loss: metrics.loss!,
      secondsLeft: left / 1000,
    })
  }

  /** Milliseconds of the whole run's updates and of those to come, at the measured pace. */
  private work(current: NetworkName, updates: number): { all: number; left: number } {
    const { hyperparameters: hyper, steps: total } = this.config
    const perEpoch = this.steps / this.epoch
    const epochsLeft = Math.max(0, Math.ceil((total - this.steps) / perEpoch))
    const epochsBefore = Math.max(0, Math.ceil(hyper.warmupSteps / perEpoch) - 1)
    const cost = (name: NetworkName) => hyper[name].updatesPerEpoch * (this.pace[name] ?? 0)
    const epochCost = NETWORK_NAMES.reduce((sum, name) => sum + cost(name), 0)
    const position = NETWORK_NAMES.indexOf(current)
    const rest = NETWORK_NAMES.slice(position + 1).reduce((sum, name) => sum + cost(name), 0)
    const here = cost(current) - updates * this.pace[current]!
    return {
      all: epochCost * (this.epoch - epochsBefore + epochsLeft),
      left: here + rest + epochsLeft * epochCost,
    }
  }

  private save(): void {
    const { mean, variance, count } = this.statistics
    const { byName, samplers } = this.learners
    saveCheckpoint(this.folder.file('checkpoint.msgpack'), {
      epoch: this.epoch,
      episodes: this.episodes,
      environmentSteps: this.steps,
      seconds: this.seconds,
      statistics: { count, mean, variance },
      visits: { decoder: samplers.decoder.visits, reward: samplers.reward.visits },
      learners: {
        decoder: byName.decoder.state(),
        denoiser: byName.denoiser.state(),
        reward: byName.reward.state(),
      },
    })
    this.saved = this.steps
  }

  private restore(checkpoint: Checkpoint): void {
    for (let i = 0; i < checkpoint.episodes; i++) this.remember(this.folder.loadEpisode(i))
    this.epoch = checkpoint.epoch
    this.episodes = checkpoint.episodes
    this.seconds = checkpoint.seconds
    this.saved = this.steps
    Object.assign(this.statistics, checkpoint.statistics)
    this.learners.samplers.decoder.restore(checkpoint.visits.decoder, this.replay)
    this.learners.samplers.reward.restore(checkpoint.visits.reward, this.replay)
    for (const name of NETWORK_NAMES) this.learners.byName[name].restore(checkpoint.learners[name])
    this.reporter.note(`resumed after epoch ${this.epoch}, ${this.steps} environment steps`)
  }
}
