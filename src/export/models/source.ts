// Held-out episodes for someone who has bundles and no run: of the manifest's environment where that is one of our own
// tasks, of a bridge or a recording where it is not.
import Type, { type Static } from 'typebox'
import { DimaError } from '../../common/errors.ts'
import { taskSpec } from '../../env/make-env.ts'
import { sourceFlags } from '../../episodes/sources/flags.ts'
import { openSource } from '../../episodes/sources/open-source.ts'
import type { EpisodeSource } from '../../episodes/sources/source.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { comparisonFlags } from '../comparison/flags.ts'

export const judgingFlags = {
  ...comparisonFlags,
  ...sourceFlags,
  heldOut: Type.Number({
    default: 0.1,
    minimum: 0,
    maximum: 0.9,
    description: 'share of the episodes of --dataset that training kept for evaluation',
  }),
}
const JudgingFlags = Type.Object(judgingFlags)
export type JudgingFlags = Static<typeof JudgingFlags>

/** Of the random policy where a manifest does not say how widely it played. */
const POLICY_STD = 0.5

export function sourceOf(manifest: Manifest, flags: JudgingFlags): Promise<EpisodeSource> {
  const { environment, hyperparameters, horizon, context } = manifest
  if (!flags.env && !flags.dataset) checkOwn(environment)
  const { policyStd = POLICY_STD } = (hyperparameters.training ?? {}) as { policyStd?: number }
  const steps = 2 * flags.episodes * 1000 // about: only for how many copies play
  const needed = { training: horizon, evaluation: context + horizon + 1 }
  return openSource({ ...flags, task: environment, policyStd, needed, steps })
}

function checkOwn(environment: string): void {
  try {
    taskSpec(environment)
  } catch {
    throw new DimaError(
      'invalid_config',
      `${environment} can't be played here: name where its episodes are from with --env or --dataset`,
      { field: 'dataset' },
    )
  }
}
