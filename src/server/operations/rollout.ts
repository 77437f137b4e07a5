// Many trajectories in one answer.
import type { ServerContext } from '../context.ts'
import { checkFinite } from '../rollout/diverged.ts'
import { type ParsedRollout, parseRollout } from '../rollout/parse.ts'
import { rolloutReply } from '../rollout/reply.ts'
import { spreadOf } from '../rollout/spread.ts'
import type { Operation } from './operation.ts'
import { paid } from './paid.ts'
import { timingOf, workOptions } from './timing.ts'

export const rollout: Operation = async ({ catalog, runner, limits, metrics }, fields, caller) => {
  const parsed = parseRollout(fields, catalog, limits)
  const { bundle, rollout, spread, deadlineMs } = parsed
  caller.found?.(bundle)
  const trajectories = await paid(caller, rollout.batch * rollout.horizon, () =>
    runner.rollout(bundle.digest, rollout, workOptions(caller, deadlineMs)),
  )
  recordRollout(metrics, parsed, trajectories)
  checkFinite(rollout, trajectories)
  const { horizon } = rollout
  const { std } = bundle.manifest.normalisation
  return rolloutReply(parsed, trajectories, {
    ...(spread ? { spread: await spreadOf(trajectories, { ...spread, horizon, std }) } : {}),
    timing: timingOf(trajectories, caller),
  })
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
