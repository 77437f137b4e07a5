// A run goes on as it was begun: a hyper-parameter that its record does not name came to be later, and stays what it was
// before, whatever a preset says by now. Named in --set it is asked for, and another run.

import type { RunConfig } from './run-config.ts'
import type { Restore, RunFolder } from './run-folder.ts'

type Values = Record<string, unknown>

/** @param config of the flags, as a run that begins would have it; @param set the flag of that name */
export function asBegun<Config extends RunConfig>(
  folder: RunFolder,
  config: Config,
  restore: Restore | undefined,
  set = '',
): Config {
  if (!folder.begun) return config
  const recorded = folder.recorded().config.hyperparameters
  const restored = folder.record(restore).config.hyperparameters
  const named = set.split(',').map((assignment) => assignment.split('=')[0]!.trim())
  const hyperparameters = completed(config.hyperparameters, recorded, restored, (path) =>
    named.includes(path),
  )
  return { ...config, hyperparameters }
}

/** `given`, but for what `recorded` lacks, which is `restored`'s unless it is asked for. */
function completed(
  given: Values,
  recorded: Values,
  restored: Values,
  asked: (path: string) => boolean,
  prefix = '',
): Values {
  const entries = Object.entries(given).map(([name, value]) => {
    const path = prefix + name
    const before = restored[name]
    if (isGroup(value) && isGroup(before)) {
      const known = isGroup(recorded[name]) ? recorded[name] : {}
      return [name, completed(value, known, before, asked, `${path}.`)]
    }
    return [name, name in recorded || before === undefined || asked(path) ? value : before]
  })
  return Object.fromEntries(entries)
}

const isGroup = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
