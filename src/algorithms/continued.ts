// A run that goes on keeps the hyper-parameters that its folder records: presets change with the project, runs do not.
// What was asked for by name (--set, --plan, --offset-noise) stands, and differs or not when the folder is claimed.
import type { RunConfig } from '../runs/run-config.ts'
import type { TrainFlags } from './train-flags.ts'

type Values = Record<string, unknown>

/**
 * @param recorded of the folder that goes on; undefined of a folder that is begun
 * @param byPlan dotted names of the hyper-parameters that --plan decides
 */
export function continued(
  config: RunConfig,
  recorded: RunConfig | undefined,
  flags: TrainFlags,
  byPlan: readonly string[] = [],
): RunConfig {
  if (recorded?.algorithm !== config.algorithm || recorded.preset !== config.preset) return config
  const asked = [...namesOf(flags.set), ...(flags.plan ? byPlan : [])].map(
    (name) => `hyperparameters.${name}`,
  )
  const { hyperparameters, steps } = recorded
  const kept: Values = structuredClone({ ...config, steps: flags.steps ?? steps, hyperparameters })
  for (const name of asked) copy(name.split('.'), config as unknown as Values, kept)
  // Sizes follow presets, too, unless a flag has made them.
  const { policy, networks } = recorded as RunConfig & { networks?: unknown }
  if (!asked.includes('hyperparameters.behaviour.spreadGain')) kept.policy = policy
  if (networks && flags.offsetNoise === undefined) kept.networks = networks
  return kept as unknown as RunConfig
}

const namesOf = (set: string): string[] =>
  set
    .split(',')
    .filter(Boolean)
    .map((assignment) => assignment.split('=')[0]!.trim())

function copy([key, ...rest]: string[], from: Values, to: Values): void {
  if (key === undefined || !(key in from)) return
  if (rest.length === 0 || !(key in to)) to[key] = from[key]
  else copy(rest, from[key] as Values, to[key] as Values)
}
