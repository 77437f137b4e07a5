// The joint actions that a model expects most of, for whoever controls something with it.
import { afterPending } from '../../inference/planning/imagination.ts'
import { type Plan, plan as search } from '../../inference/planning/planner.ts'
import { widthOf } from '../../inference/planning/problem.ts'
import type { ServerContext } from '../context.ts'
import { type ParsedPlan, parsePlan } from '../planning/parse.ts'
import { planReply } from '../planning/reply.ts'
import type { Caller, Operation } from './operation.ts'
import { isUndone, pay } from './paid.ts'
import { timingOf, workOptions } from './timing.ts'

export const plan: Operation = async ({ catalog, runner, sessions, limits, metrics }, fields, caller) => {
  const parsed = await parsePlan(fields, catalog, limits, sessions, caller.owner)
  const { bundle, search: asked } = parsed
  caller.found?.(bundle)
  const found = await searched(runner, parsed, caller)
  const { name: model, version } = bundle
  const { imaginedSteps, stopped, took } = found
  const seconds = (performance.now() - caller.received) / 1000
  metrics.plan({ model, version, method: asked.method, stopped, imaginedSteps, seconds })
  return planReply(parsed, found, timingOf(took, caller))
}

/** Charges for all that may be imagined, and gives back what was not. */
async function searched(runner: ServerContext['runner'], parsed: ParsedPlan, caller: Caller): Promise<Plan> {
  const { problem, pending, steps, deadlineMs } = parsed
  const options = workOptions(caller, deadlineMs)
  const giveBack = pay(caller, steps)
  try {
    const begun = pending.length > 0 ? await afterPending(runner, problem, pending, options) : problem
    const found = await search(runner, begun, parsed.search, options)
    giveBack(steps - found.imaginedSteps - pending.length / widthOf(problem.spec))
    return found
  } catch (error) {
    if (isUndone(error)) giveBack(steps)
    throw error
  }
}
