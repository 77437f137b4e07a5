// What can be wrong with the flags of a run and shows before anything is opened.
import { DimaError } from '../common/errors.ts'
import { taskSpec } from '../env/make-env.ts'
import type { RunConfig } from '../runs/run-config.ts'
import { ALGORITHM_TABLE } from './algorithms.ts'
import { algorithmOf, refuseUnheard, type TrainFlags } from './train-flags.ts'

/** The configuration that they ask for, as far as it does not depend on a source. DimaError that names the flag. */
export function checkedConfig(flags: TrainFlags): RunConfig {
  refuseUnheard(flags)
  if (flags.env && flags.dataset)
    throw new DimaError('invalid_config', '--env and --dataset exclude each other', { field: 'dataset' })
  if (!flags.env && !flags.dataset) taskSpec(flags.task) // others name tasks of their own
  return ALGORITHM_TABLE[algorithmOf(flags)].config(flags)
}
