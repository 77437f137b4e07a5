// Flags that say nothing to an algorithm without a world model: they would be taken for obeyed.
import { DimaError } from '../common/errors.ts'
import type { TrainFlags } from './train-flags.ts'

/** DimaError `invalid_config` naming the flag. */
export function refuseForeign(algorithm: string, { dataset, envs, stepsPerCall }: TrainFlags): void {
  const refuse = (field: string, why: string) => {
    throw new DimaError('invalid_config', `${algorithm} ${why}`, { field })
  }
  if (dataset)
    refuse('algorithm', 'plays in an environment; of recorded episodes only a world model can be learned')
  if (stepsPerCall > 1)
    refuse('stepsPerCall', 'takes its updates one by one, so there is no --steps-per-call')
  if (envs > 0) refuse('envs', 'has its copies as a hyper-parameter: --set copies=<number>')
}
