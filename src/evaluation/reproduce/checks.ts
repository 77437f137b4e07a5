// The checks of method.md 9 that a trained run can be put to, and one of our own (13). 1 to 6 are tests: they need no
// trained weights.
import { denoiserLoss } from './denoiser-loss.ts'
import { heads } from './heads.ts'
import { influence } from './influence.ts'
import { longRollout } from './long-rollout.ts'
import type { Measure } from './measure.ts'
import { oneStep } from './one-step.ts'
import { policyReward } from './policy-reward.ts'
import type { Subject } from './subject.ts'
import { missingValues, values } from './values.ts'

export interface Check {
  number: number
  title: string
  run: (subject: Subject) => Promise<Measure[]>
  /** Why it can't be run on a subject, if it can't. */
  missing?: (subject: Subject) => string | undefined
}

export const CHECKS: readonly Check[] = [
  { number: 7, title: 'denoiser loss', run: denoiserLoss },
  { number: 8, title: 'one imagined step', run: oneStep },
  { number: 9, title: 'influence of actions', run: influence },
  { number: 10, title: 'long rollouts', run: longRollout },
  { number: 11, title: 'reward, termination, observations', run: heads },
  {
    number: 12,
    title: 'imagined reward of the policy',
    run: policyReward,
    missing: ({ model }) => (model.networks.policy ? undefined : 'the run has no policy'),
  },
  { number: 13, title: 'values of the critic', run: values, missing: missingValues },
]
