// Runs side by side: of one task, and in groups that differ in their seed alone, each with a look of its own.
import { isDeepStrictEqual } from 'node:util'
import { type Look, lookOf } from './drawing/palette.ts'
import type { Run } from './run.ts'

export interface Group {
  name: string
  look: Look
  runs: Run[]
}

export interface TaskRuns {
  task: string
  groups: Group[]
}

export function byTask(runs: readonly Run[]): TaskRuns[] {
  return [...partition(runs, ({ config }) => config.task)].map(([task, ofTask]) => ({
    task,
    groups: inOrder(partition(ofTask, ({ group }) => group)).map(([name, ofGroup], i) => ({
      name,
      look: lookOf(i),
      runs: ofGroup.toSorted((a, b) => a.config.seed - b.config.seed),
    })),
  }))
}

/** By name, so that a group keeps its colour however its runs were named. */
const inOrder = <T>(groups: Map<string, T>) => [...groups].sort(([a], [b]) => (a < b ? -1 : 1))

export function partition<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const parts = new Map<K, T[]>()
  for (const item of items) parts.set(keyOf(item), [...(parts.get(keyOf(item)) ?? []), item])
  return parts
}

/** Warnings about groups whose runs differ in more than their seed. */
export function unlikeRuns({ task, groups }: TaskRuns): string[] {
  return groups.flatMap(({ name, runs: [first, ...rest] }) => {
    const other = rest.find(
      (run) => !isDeepStrictEqual(run.config.hyperparameters, first!.config.hyperparameters),
    )
    if (!other) return []
    return `${task}, ${name}: ${first!.name} and ${other.name} have different hyper-parameters; their spread is not one over seeds alone`
  })
}

/** `dima small joint, 2 seeds`. */
export const groupTitle = ({ name, runs }: Group): string =>
  `${name}, ${runs.length === 1 ? `seed ${runs[0]!.config.seed}` : `${runs.length} seeds`}`
