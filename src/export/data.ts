// What a model was trained on, in a sentence for its manifest.
import { basename } from 'node:path'
import { RANDOM_STD } from '../episodes/sources/random-actions.ts'
import type { LeftOut } from '../episodes/sources/source.ts'
import type { RunRecord } from '../runs/run-folder.ts'

type Facts = Pick<RunRecord, 'task' | 'origin'> & { config: Pick<RunRecord['config'], 'hyperparameters'> }

/** @param ownPolicy whether the run learned a policy, which then played */
export function describeData({ task, origin, config }: Facts, steps: number, ownPolicy: boolean): string {
  const policy = ownPolicy ? OWN_POLICY : randomPolicy(config.hyperparameters.policyStd ?? RANDOM_STD)
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

const OWN_POLICY = 'played with sampled actions by its own policy as it learned, untrained at first'
const randomPolicy = (std: number) => `Gaussian policy of standard deviation ${std}`
