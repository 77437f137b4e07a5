// Run folders as training writes them, with numbers that a test can work out.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Scores } from '../../src/registry/scores.ts'
import type { MetricsLine } from '../../src/report/metrics.ts'

export interface FakeRun {
  name?: string
  algorithm?: 'dima' | 'mappo'
  task?: string
  seed?: number
  epochs?: number
  stepsPerEpoch?: number
  hyperparameters?: object
}

export const emptyFolder = (): string => mkdtempSync(join(tmpdir(), 'report-'))

/** Writes a run into a folder of its own inside `parent` and gives the path. */
export function writeRun(parent: string, fake: FakeRun = {}): string {
  const { algorithm = 'dima', task = 'HalfCheetah-2x3', seed = 1, epochs = 10, hyperparameters = {} } = fake
  const path = join(parent, fake.name ?? `${algorithm}-seed${seed}`)
  mkdirSync(path, { recursive: true })
  const behaviour = algorithm === 'dima' ? { behaviour: { plan: 'joint' } } : {}
  const config = {
    ...{ algorithm, task, preset: 'small', seed, steps: epochs * 1000 },
    hyperparameters: { ...behaviour, ...hyperparameters },
  }
  writeFileSync(join(path, 'config.json'), JSON.stringify({ config, commit: 'a'.repeat(40) }))
  writeFileSync(join(path, 'metrics.jsonl'), textOf(linesOf(fake)))
  return path
}

/** The return of an evaluation: a straight line, as far above another seed's as the seeds differ. */
export const returnOf = (algorithm: string, seed: number, steps: number): number =>
  (algorithm === 'dima' ? 0.08 : 0.03) * steps + 40 * (seed - 1) - 100

export const REWARD = { imagined: 0.5, met: 0.2 }
export const SECONDS = { collect: 2, world_model: 20, imagine: 10, behaviour: 5, evaluate: 1.5, save: 0.5 }

const NETWORKS = { dima: ['decoder', 'denoiser', 'reward', 'actor', 'critic'], mappo: ['actor', 'critic'] }

export function linesOf({
  algorithm = 'dima',
  seed = 1,
  epochs = 10,
  stepsPerEpoch = 1000,
}: FakeRun): MetricsLine[] {
  return Array.from({ length: epochs }, (_, i) => i + 1).flatMap((epoch) => {
    const steps = epoch * stepsPerEpoch
    return [
      { epoch, steps, episode_return: returnOf(algorithm, seed, steps) - 10, episode_length: stepsPerEpoch },
      ...NETWORKS[algorithm].flatMap((network) => updates(network, epoch, seed)),
      ...(algorithm === 'dima' ? [imagination(epoch, steps)] : []),
      evaluation(epoch, steps, returnOf(algorithm, seed, steps)),
      time(algorithm, epoch, steps),
    ]
  })
}

const updates = (network: string, epoch: number, seed: number): MetricsLine[] =>
  [1, 2, 3, 4].map((k) => {
    const update = (epoch - 1) * 40 + 10 * k
    const loss = network === 'actor' ? -0.01 + 0.001 * Math.sin(update) : (1 + 0.2 * seed) / update
    const ofActor = { entropy: 3 - update / 300, clip_fraction: 0.1, approximate_kl: 0.01 }
    return {
      epoch,
      network,
      update,
      learning_rate: 1e-3,
      loss,
      grad_norm: 1,
      ...(network === 'actor' ? ofActor : {}),
    }
  })

const imagination = (epoch: number, steps: number): MetricsLine => ({
  epoch,
  steps,
  imagined_reward: REWARD.imagined + 0.01 * epoch,
  imagined_reward_min: -1,
  imagined_reward_max: 2,
  true_reward: REWARD.met + 0.01 * epoch,
  imagined_end_share: 0.01,
  lambda_return: 20,
  policy_std: 0.5 - 0.01 * epoch,
})

const evaluation = (epoch: number, steps: number, mean: number): MetricsLine => ({
  epoch,
  steps,
  evaluation_return: mean,
  evaluation_std: 25,
  evaluation_min: mean - 50,
  evaluation_max: mean + 50,
  evaluation_episodes: 10,
  evaluation_reward: mean / 1000,
})

function time(algorithm: string, epoch: number, steps: number): MetricsLine {
  const { world_model, imagine, ...always } = SECONDS
  const phases = algorithm === 'dima' ? { ...always, world_model, imagine } : always
  const named = Object.entries(phases).map(([phase, seconds]) => [`seconds_${phase}`, seconds])
  return { epoch, steps, seconds: 40, cpu_seconds: 60, ...Object.fromEntries(named) }
}

export function scores(): Scores {
  const sums = (error: number) => [1, 2, 3, 4, 5].map((step) => error * step ** 1.2)
  const plan = (name: string, order: string, error: number) => ({
    plan: name,
    order,
    evaluations: 2,
    embeddings: 1,
    millisecondsPerStep: 0.3,
    oneStepStateL1: error,
    cumulativeStateL1: sums(error),
    medianCumulativeStateL1: sums(0.7 * error),
    cumulativeObservationL1: sums(1.2 * error),
  })
  return {
    episodes: 4,
    segments: 50,
    seed: 1,
    plans: [plan('joint', '-', 0.05), plan('sequential', 'descending', 0.06)],
    persistence: { oneStepStateL1: 0.8, cumulativeStateL1: sums(0.8), cumulativeObservationL1: sums(0.9) },
    decoderFloor: { observationL1: 0.03, cumulativeObservationL1: sums(0.03) },
    rewardL1: 0.01,
    rewardSmoothL1: 0.001,
  }
}

export const textOf = (lines: readonly MetricsLine[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('')
