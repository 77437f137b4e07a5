// What a model was trained on, in a sentence for its manifest.
import { basename } from 'node:path'
import { RANDOM_STD } from '../episodes/sources/random-actions.ts'
import type { LeftOut } from '../episodes/sources/source.ts'
import type { RunRecord } from '../runs/run-folder.ts'

type Facts = Pick<RunRecord, 'task' | 'origin'> & { config: Pick<RunRecord['config'], 'hyperparameters'> }

/** @param ownPolicy whether the run learned a policy, which then played */
export function describeData({ task, origin, config }: Facts, steps: number, ownPolicy: boolean): string {
  const played = ownPolicy ? OWN_POLICY : randomPolicy(config.hyperparameters.policyStd ?? RANDOM_STD)
  const policy = `${played}${explored(config.hyperparameters)}`
  if (origin.kind === 'dataset')
    return `${steps} recorded steps of ${task.name} from ${basename(origin.file)}, sha256 ${origin.sha256}${leftOut(origin)}`
  if (origin.kind === 'bridge') return `${steps} steps of ${task.name} behind a bridge, ${policy}`
  return `${steps} steps of ${task.name} on MuJoCo, ${policy}`
}

function leftOut({ skipped = 0, dropped = 0 }: LeftOut): string {
  const parts = [
    ...(skipped > 0 ? [`${skipped} episodes, empty or a single step long`] : []),
    ...(dropped > 0 ? [`${dropped} last transitions without a successor`] : []),
  ]
  return parts.length > 0 ? `; left out: ${parts.join(', ')}` : ''
}

function explored({ exploration }: Facts['config']['hyperparameters']): string {
  const { share = 0 } = (exploration ?? {}) as { share?: number }
  if (share === 0) return ''
  return `; of the episodes after the warm-up a share of ${share} with random, held, noisier or mean actions`
}

const OWN_POLICY = 'played with sampled actions by its own policy as it learned, untrained at first'
const randomPolicy = (std: number) => `Gaussian policy of standard deviation ${std}`
