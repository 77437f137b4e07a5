// Every operation by its name on the socket; the routes call the same functions.
import type { Operation as OperationName } from '../../api/stream.ts'
import { act } from './act.ts'
import type { Operation } from './operation.ts'
import { plan } from './plan.ts'
import { rollout } from './rollout.ts'
import { rolloutStream } from './rollout-stream.ts'
import { close, create, fork, get, reset, restore, snapshot } from './sessions.ts'
import { step } from './step.ts'
import { stepMany } from './step-many.ts'

/** `cancel` is about the socket's own requests, so the socket does it. */
export const OPERATION: Record<Exclude<OperationName, 'cancel'>, Operation> = {
  create,
  get,
  reset,
  step,
  step_many: stepMany,
  snapshot,
  restore,
  fork,
  close,
  act,
  rollout,
  rollout_stream: rolloutStream,
  plan,
}
