// A summary with figures that a test can work out.
import type { RunSummary } from '../../../src/evaluation/results/summary.ts'

export const summaryOf = (fields: Partial<RunSummary> = {}): RunSummary => ({
  format: 1,
  task: 'Ant-2x4',
  algorithm: 'dima',
  preset: 'small',
  seed: 1,
  command: 'npm run train -- --task Ant-2x4',
  commit: 'c'.repeat(40),
  startedAt: '2026-01-01T00:00:00.000Z',
  changed: {},
  plannedSteps: 2000,
  environmentSteps: 2000,
  epochs: 2,
  updates: {},
  seconds: 40,
  processorSeconds: 60,
  meanActions: { mean: 812.3, std: 40.2, episodes: 10, by: 'evaluate' },
  errors: [],
  evaluations: [
    [1000, 400, 10],
    [2000, 800, 10],
  ],
  played: [],
  imagination: [],
  ...fields,
})

export const mappoOf = (fields: Partial<RunSummary> = {}): RunSummary =>
  summaryOf({ algorithm: 'mappo', evaluations: [[1500, 10], [2500, 30]], ...fields }) // biome-ignore format: points
