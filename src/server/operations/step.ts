// One step of one session: the hot path, a few microseconds here.
import Type from 'typebox'
import { SessionId, type StepReply, StepSession } from '../../api/sessions.ts'
import { strict } from '../../api/shapes.ts'
import type { Standing, StepAnswer, StepOptions } from '../../inference/live/types.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { noveltyOf } from '../../worlds/novelty.ts'
import type { ServerContext } from '../context.ts'
import { checkFields } from '../rollout/fields.ts'
import { readPolicy } from '../rollout/policy.ts'
import { byAgent, type Reply, seenByAgent, vector } from '../rollout/views.ts'
import { readJointAction } from './joint-action.ts'
import type { Caller, Operation } from './operation.ts'
import { timingOf, workOptions } from './timing.ts'

const Step = Type.Object(
  { session_id: SessionId, ...StepSession.properties, actions: Type.Optional(Type.Unknown()) },
  strict,
)

export const step: Operation = async ({ sessions, metrics, limits }, fields, caller) => {
  const { session_id, actions, policy, step_id, deadline_ms } = checkFields(Step, fields)
  const coming = sessions.bring(caller.owner, session_id)
  if (coming) await coming
  const before = sessions.standing(caller.owner, session_id)
  const { manifest } = before.bundle
  caller.found?.(before.bundle)
  const acting = policy && readPolicy(policy, manifest)
  const { joint, clipped } = readJointAction(actions, manifest, limits.outOfRange, acting)
  const options: StepOptions = workOptions(caller, deadline_ms)
  if (step_id !== undefined) options.stepId = step_id
  if (acting) options.policy = acting
  const answer = await sessions.step(caller.owner, session_id, joint, options)
  recordStep(metrics, answer, before)
  return stepReply(answer, clipped, manifest, caller)
}

/** A step repeated while it was computed gets the same object: an answer is counted once. */
const counted = new WeakSet<StepAnswer>()

/** An answer that was there before was not computed now. */
export function recordStep(
  metrics: ServerContext['metrics'],
  answer: StepAnswer,
  { committedStepId, bundle }: Standing,
): void {
  const { stepId, queueMs, computeMs } = answer
  if (stepId <= committedStepId || counted.has(answer)) return
  counted.add(answer)
  const acted = answer.actions !== undefined
  metrics.step({ model: bundle.name, version: bundle.version, queueMs, computeMs, acted })
}

const stepReply = (
  answer: StepAnswer,
  clipped: number,
  manifest: Manifest,
  caller: Caller,
): Reply<StepReply> => ({
  session_id: answer.sessionId,
  step_id: answer.stepId,
  committed_step_id: answer.committedStepId,
  episode_step: answer.episodeStep,
  state: vector(answer.state),
  observations: seenByAgent(answer.observations, manifest),
  reward: answer.reward,
  termination_probability: answer.terminationProbability,
  terminated: answer.terminated,
  truncated: answer.truncated,
  ood: noveltyOf(answer.state, manifest)[0],
  clipped_actions: clipped,
  ...(answer.actions ? { actions: byAgent(answer.actions, manifest) } : {}),
  ...(answer.final ? { final: finalOf(answer.final, manifest) } : {}),
  timing: timingOf(answer, caller),
})

/** How an episode ended that same_step has already left behind. */
export const finalOf = ({ state, observations }: NonNullable<StepAnswer['final']>, manifest: Manifest) => ({
  state: vector(state),
  observations: seenByAgent(observations, manifest),
  ood: noveltyOf(state, manifest)[0],
})
