// What a request may choose of this kind: the sampling plan, for two plans the order in which the sampler is shown the agents,
// whose words or lists become agent indices, and how agents see.
import Type from 'typebox'
import { describe } from '../../../common/describe.ts'
import { DimaError } from '../../../common/errors.ts'
import { Rng } from '../../../common/rng.ts'
import type { Manifest } from '../../../registry/manifest.ts'
import type { Choices, WorldSpec } from '../../world.ts'
import { PLANS, Plan, type PlanName } from './manifest.ts'
import { type DimaChoice, OBSERVATIONS, offeredBy, withObservations } from './observations.ts'
import { expandOrder, type PlanRequest } from './plan.ts'
import { scoredPlans } from './scored-plans.ts'
import { asDima } from './spec.ts'

const ORDER_NAMES = ['ascending', 'descending', 'random'] as const
/** Checked by resolveOrder, whose errors name agents. */
const Order = Type.Unknown({
  description: `${ORDER_NAMES.join(', ')}, or a list of agents by name or index. Not with joint. Default: descending`,
})

const Observations = Type.Enum(OBSERVATIONS, {
  description:
    'exact: as the task makes them of a state, the default where the model can; decoded: by the decoder, as its policy sees',
})

export const choices: Choices<DimaChoice> = {
  fields: { plan: Plan, order: Order, observations: Observations },

  choose: ({ plan, order, observations }, seed, spec) => {
    const { agents, sampling } = asDima(spec)
    const name = planOf(plan, sampling.defaultPlan)
    const names = agents.map((agent) => agent.name)
    const context = { plan: name, agents: names, sequentialSteps: sampling.sequentialSteps, seed }
    return withObservations({ name, order: resolveOrder(order, context) }, observations, spec)
  },

  describe: ({ name, order, observations = 'decoded' }, spec) => ({
    plan: name,
    order: name === 'joint' ? null : order.map((agent) => spec.agents[agent]!.name),
    ...(asDima(spec).perceives ? { observations } : {}), // others have no choice
  }),

  facts: (manifest) => {
    const { defaultPlan, sequentialSteps } = asDima(manifest).sampling
    const plans = PLANS.map((name) => planFacts(name, manifest))
    const observations = [...offeredBy(manifest)]
    return { plans, default_plan: defaultPlan, sequential_steps: sequentialSteps, observations }
  },

  label: ({ name }) => name,

  every: (spec) => {
    const { defaultPlan } = asDima(spec).sampling
    const others = PLANS.filter((name) => name !== defaultPlan)
    const usual = withObservations(descending(defaultPlan, spec), undefined, spec)
    return [usual, ...others.map((name) => descending(name, spec))]
  },

  scored: scoredPlans,
}

/** What a step costs with it, as far as it was measured. */
function planFacts(name: PlanName, { scores }: Manifest) {
  const score = scores.plans.find(({ plan }) => plan === name)
  return {
    name,
    evaluations: score?.evaluations ?? null,
    embeddings: score?.embeddings ?? null,
    milliseconds_per_step: score?.millisecondsPerStep ?? null,
  }
}

function planOf(given: unknown, byDefault: PlanName): PlanName {
  const plan = given === undefined ? byDefault : PLANS.find((name) => name === given)
  if (plan) return plan
  throw invalid('plan', `plan ${describe(given)} is unknown`, PLANS, given)
}

/** With the agents in descending order, as in evaluations. */
export function descending(name: PlanName, spec: WorldSpec): PlanRequest {
  const { agents, sampling } = asDima(spec)
  const order = agents.map((_, i) => agents.length - 1 - i)
  if (name === 'joint') return { name, order: [] }
  return { name, order: name === 'sequential' ? expandOrder(order, sampling.sequentialSteps) : order }
}

export interface OrderContext {
  plan: PlanName
  agents: readonly string[]
  /** K, a multiple of the number of agents. */
  sequentialSteps: number
  seed: number
}

/** N indices for progressive, K for sequential, none for joint. A random order is drawn from the seed. */
export function resolveOrder(order: unknown, context: OrderContext): number[] {
  if (context.plan === 'joint') return refuseOrder(order)
  const base =
    typeof order === 'string' || order === undefined ? named(order, context) : listed(order, context)
  return context.plan === 'sequential' ? expandOrder(base, context.sequentialSteps) : base
}

/** Whether it is an order that requests are given, whole or before it is expanded. */
export function isResolved({ name, order }: PlanRequest, spec: WorldSpec): boolean {
  const { agents, sampling } = asDima(spec)
  if (name === 'joint') return order.length === 0
  const [N, K] = [agents.length, sampling.sequentialSteps]
  if (order.length !== N && !(name === 'sequential' && order.length === K)) return false
  return agents.every((_, agent) => order.filter((one) => one === agent).length === order.length / N)
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
