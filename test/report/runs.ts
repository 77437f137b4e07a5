// Runs in memory, as if read from their folders.
import { byTask, type TaskRuns } from '../../src/report/groups.ts'
import type { Run } from '../../src/report/run.ts'
import { type FakeRun, linesOf } from './run-folders.ts'

/** @param without leaves out the lines that have one of these keys */
export type FakeInMemory = FakeRun & { without?: string[]; errors?: Run['errors'] }

export function runOf(fake: FakeInMemory = {}): Run {
  const { algorithm = 'dima', task = 'HalfCheetah-2x3', seed = 1, epochs = 10, hyperparameters = {} } = fake
  return {
    name: fake.name ?? `${algorithm}-seed${seed}`,
    group: algorithm === 'dima' ? 'dima small joint' : `${algorithm} small`,
    algorithm,
    plan: algorithm === 'dima' ? 'joint' : undefined,
    config: { algorithm, task, preset: 'small', seed, steps: epochs * 1000, hyperparameters },
    commit: 'unknown',
    metrics: linesOf(fake).filter((line) => !fake.without?.some((key) => key in line)),
    errors: fake.errors,
  }
}

/** Runs of one task. */
export const tasksOf = (fakes: readonly FakeInMemory[]): TaskRuns => byTask(fakes.map(runOf))[0]!
