// A rollout of a model as tensors in and tensors out.
import type { Timing } from '../../api/shapes.ts'
import type { Bundle } from '../../registry/load.ts'
import type { ServerContext } from '../context.ts'
import type { Caller } from '../operations/operation.ts'
import { imagined } from '../operations/rollout.ts'
import { timingOf } from '../operations/timing.ts'
import type { InferBody } from './body.ts'
import { type Inferred, inferReply } from './reply.ts'
import { parseInfer } from './request.ts'

/** Throws DimaError as POST /v1/rollout does, and for what is wrong with the tensors themselves. */
export async function infer(
  context: ServerContext,
  bundle: Bundle,
  body: InferBody,
  caller: Caller,
): Promise<Inferred & { timing: Timing }> {
  const reference = `${bundle.name}@${bundle.version}`
  const asked = parseInfer(body, reference, bundle.manifest, context.limits.batch)
  const { parsed, trajectories } = await imagined(context, asked.fields, caller)
  return { ...inferReply(asked, parsed, trajectories), timing: timingOf(trajectories, caller) }
}
