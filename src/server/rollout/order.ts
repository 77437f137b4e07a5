// The order in which the sampler is shown the agents: a request's words or lists become agent indices.
import { ORDER_NAMES } from '../../api/rollout.ts'
import { DimaError } from '../../common/errors.ts'
import { Rng } from '../../common/rng.ts'
import type { Manifest, PlanName } from '../../registry/manifest.ts'
import { expandOrder } from '../../worlds/dima/serve/plan.ts'
import type { PlanRequest } from '../../worlds/rollout.ts'
import { asList, describe } from '../wire/numbers.ts'

export interface OrderContext {
  plan: PlanName
  agents: readonly string[]
  /** K, a multiple of the number of agents. */
  sequentialSteps: number
  seed: number
}

/** The plan of a request, by default the model's. A random order is drawn from the seed. */
export function resolvePlan(
  name: PlanName | undefined,
  order: unknown,
  seed: number,
  { sampling, agents }: Manifest,
): PlanRequest {
  const plan = name ?? sampling.defaultPlan
  const context = {
    plan,
    agents: agents.map((agent) => agent.name),
    sequentialSteps: sampling.sequentialSteps,
    seed,
  }
  return { name: plan, order: resolveOrder(asList(order), context) }
}

/** N indices for progressive, K for sequential, none for joint. */
export function resolveOrder(order: unknown, context: OrderContext): number[] {
  if (context.plan === 'joint') return refuseOrder(order)
  const base =
    typeof order === 'string' || order === undefined ? named(order, context) : listed(order, context)
  return context.plan === 'sequential' ? expandOrder(base, context.sequentialSteps) : base
}

function refuseOrder(order: unknown): number[] {
  if (order === undefined) return []
  throw invalid('order', 'order has no meaning with joint, which shows all agents at once', 'nothing', order)
}

function named(name: string | undefined, { agents, seed }: OrderContext): number[] {
  const ascending = agents.map((_, i) => i)
  if (name === 'ascending') return ascending
  if (name === 'random') return new Rng(seed, 'order').permutation(agents.length)
  if (name === 'descending' || name === undefined) return ascending.reverse()
  throw invalid('order', `order ${describe(name)} is unknown`, [...ORDER_NAMES, 'a list of agents'], name)
}

function listed(order: unknown, context: OrderContext): number[] {
  const { agents, plan, sequentialSteps } = context
  const lengths = plan === 'sequential' ? [...new Set([agents.length, sequentialSteps])] : [agents.length]
  if (!Array.isArray(order))
    throw invalid('order', 'order is neither a word nor a list', [...ORDER_NAMES, 'a list of agents'], order)
  if (!lengths.includes(order.length))
    throw invalid(
      'order',
      `order has ${order.length} entries, ${plan} takes ${lengths.join(' or ')}`,
      lengths,
      order.length,
    )
  const indices = order.map((entry, i) => indexOf(entry, i, agents))
  checkShares(indices, agents)
  return indices
}

function indexOf(entry: unknown, i: number, agents: readonly string[]): number {
  const index = typeof entry === 'string' ? agents.indexOf(entry) : entry
  if (typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < agents.length)
    return index
  const field = `order[${i}]`
  throw new DimaError('unknown_agent', `${field} is no agent of this model`, {
    field,
    expected: [...agents],
    given: describe(entry),
  })
}

function checkShares(indices: number[], agents: readonly string[]): void {
  const share = indices.length / agents.length
  const wrong = agents.findIndex((_, agent) => indices.filter((index) => index === agent).length !== share)
  if (wrong < 0) return
  const count = indices.filter((index) => index === wrong).length
  throw invalid('order', `order has agent ${agents[wrong]} ${count} times, expected ${share}`, share, count)
}

const invalid = (field: string, message: string, expected: unknown, given: unknown): DimaError =>
  new DimaError('invalid_request', message, { field, expected, given: describe(given) })
