// What a HASAC run is, resolved from its flags.
import { DimaError } from '../../common/errors.ts'
import type { EpisodeSource } from '../../episodes/sources/source.ts'
import { widthsOf } from '../../networks/dimensions.ts'
import { SAC_POLICY } from '../../networks/policy-sizes.ts'
import { withOverrides } from '../../runs/overrides.ts'
import type { RunConfig } from '../../runs/run-config.ts'
import { refuseForeign } from '../model-free-flags.ts'
import { stepsOf, type TrainFlags } from '../train-flags.ts'
import { HasacHyperparameters, hasacPreset } from './hyperparameters.ts'

export interface HasacConfig extends RunConfig {
  algorithm: 'hasac'
  hyperparameters: HasacHyperparameters
}

export function hasacConfig(flags: TrainFlags, source?: Pick<EpisodeSource, 'spec'>): HasacConfig {
  refuseForeign('hasac', flags)
  if (source) refuseUnlike(source)
  const { task, preset, seed, threads, engine, device } = flags
  const hyperparameters = withOverrides(HasacHyperparameters, hasacPreset(preset, task), flags.set)
  refuseLargeBatch(hyperparameters)
  const run = { task, steps: stepsOf(flags), preset, seed, threads, engine, device }
  return { algorithm: 'hasac', ...run, hyperparameters, policy: SAC_POLICY }
}

/** What is stored when the first update is made must fill a batch, and so must all that is kept. */
function refuseLargeBatch({
  batch,
  warmupSteps,
  copies,
  stepsPerCopy,
  capacity,
}: HasacHyperparameters): void {
  const epoch = copies * stepsPerCopy
  const first = (Math.ceil(warmupSteps / epoch) + 1) * epoch
  const least = Math.min(first, Math.max(epoch, Math.floor(capacity / epoch) * epoch))
  if (batch <= least) return
  throw new DimaError(
    'invalid_config',
    `a batch of ${batch} different transitions can't be drawn of ${least}: choose a smaller batch, or a larger warmupSteps or capacity (--set)`,
    { field: 'batch', given: batch },
  )
}

/** Its actors are squashed Gaussians, one compiled step for all. */
function refuseUnlike({ spec }: Pick<EpisodeSource, 'spec'>): void {
  if (!widthsOf(spec).forms) return
  throw new DimaError(
    'invalid_config',
    `hasac needs agents that are alike, with numbers for actions: those of ${spec.name} differ or choose among options`,
    { field: 'task', given: spec.name },
  )
}
