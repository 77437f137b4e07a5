// Many trajectories in one answer.
import type { Trajectories } from '../../worlds/rollout.ts'
import type { ServerContext } from '../context.ts'
import { checkFinite } from '../rollout/diverged.ts'
import { type ParsedRollout, parseRollout } from '../rollout/parse.ts'
import { rolloutReply } from '../rollout/reply.ts'
import { spreadOf } from '../rollout/spread.ts'
import type { Caller, Operation } from './operation.ts'
import { paid } from './paid.ts'
import { timingOf, workOptions } from './timing.ts'

export const rollout: Operation = async (context, fields, caller) => {
  const { parsed, trajectories } = await imagined(context, fields, caller)
  const { bundle, rollout, spread } = parsed
  const { horizon } = rollout
  const { std } = bundle.manifest.normalisation
  return rolloutReply(parsed, trajectories, {
    ...(spread ? { spread: await spreadOf(trajectories, { ...spread, horizon, std }) } : {}),
    timing: timingOf(trajectories, caller),
  })
}

/** Checked, paid, computed and counted; not yet written. */
export async function imagined(
  { catalog, runner, limits, metrics }: ServerContext,
  fields: unknown,
  caller: Caller,
): Promise<{ parsed: ParsedRollout; trajectories: Trajectories & { queueMs: number } }> {
  const parsed = parseRollout(fields, catalog, limits)
  const { bundle, rollout, deadlineMs } = parsed
  caller.found?.(bundle)
  const trajectories = await paid(caller, rollout.batch * rollout.horizon, () =>
    runner.rollout(bundle.digest, rollout, workOptions(caller, deadlineMs)),
  )
  recordRollout(metrics, parsed, trajectories)
  checkFinite(rollout, trajectories)
  return { parsed, trajectories }
}

export function recordRollout(
  metrics: ServerContext['metrics'],
  { bundle, kind, rollout }: Pick<ParsedRollout, 'bundle' | 'kind' | 'rollout'>,
  { queueMs, computeMs }: { queueMs: number; computeMs: number },
): void {
  const { name: model, version } = bundle
  const { batch, horizon, choice, policy } = rollout
  const [plan, acted] = [kind.choices.label(choice), policy !== undefined]
  metrics.rollout({ model, version, plan, batch, horizon, queueMs, computeMs, acted })
}
