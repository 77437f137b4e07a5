// What of a run's configuration is not its preset's.
import { isDeepStrictEqual } from 'node:util'
import { ALGORITHM_TABLE } from '../../algorithms/algorithms.ts'
import { TrainFlags } from '../../algorithms/train-flags.ts'
import { parseFlags } from '../../common/config.ts'
import type { RunConfig } from '../../runs/run-config.ts'

/** Values by dotted name, as they are in the run. @param config as its algorithm restores it */
export function changedFromPreset(config: RunConfig): Record<string, unknown> {
  const { algorithm, task, preset, steps, seed } = config
  const flags = { algorithm, task, preset, steps, seed }
  const argv = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)])
  return differences(
    sizesOf(ALGORITHM_TABLE[algorithm].config(parseFlags(TrainFlags, argv))),
    sizesOf(config),
  )
}

/** The groups that determine what is learned; networks are those of a world model. */
function sizesOf(config: RunConfig & { networks?: unknown }): Record<string, unknown> {
  const { hyperparameters, networks, policy } = config
  return { ...hyperparameters, networks, policy }
}

function differences(usual: unknown, given: unknown, path = ''): Record<string, unknown> {
  if (isDeepStrictEqual(usual, given)) return {}
  if (!isGroup(given)) return { [path]: given }
  const inside = isGroup(usual) ? usual : {}
  const found = Object.keys({ ...inside, ...given }).map((key) =>
    differences(inside[key], given[key], path ? `${path}.${key}` : key),
  )
  return Object.assign({}, ...found)
}

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
