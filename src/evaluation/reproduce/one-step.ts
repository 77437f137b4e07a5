// Check 8, the most decisive cheap one: does the sequential sampler combine what it sees of the agents one by one?
import type { PlanRequest } from '../../worlds/dima/serve/plan.ts'
import type { Measure } from './measure.ts'
import { JOINT, sequentialPlans, singleAgentPlan, stateErrors } from './state-errors.ts'
import { onReference, type Subject } from './subject.ts'

const source = '7.4, 9.8'

export async function oneStep(subject: Subject): Promise<Measure[]> {
  const { spec } = subject.model
  const measures: Measure[] = []
  for (const plan of sequentialPlans(spec)) {
    measures.push({
      figure: `one-step L1, sequential, ${plan.label}`,
      value: await firstError(subject, plan),
      // 0.119 is the best order of a network trained with mixed masks (7.6), joint conditioning gets 0.05.
      ...onReference(subject, { low: 0.1, high: 0.17 }),
      source,
      why: '0.24 to 0.28: no offset noise; 0.30 to 0.38: one action used; 0.55: none; below: hidden agents shown',
    })
  }
  measures.push({
    figure: 'one-step L1, joint',
    value: await firstError(subject, JOINT),
    ...onReference(subject, { high: 0.06 }),
    source,
    why: 'above: undertrained, or an action that does not arrive',
  })
  for (const agent of spec.agents.length > 1 ? spec.agents.keys() : []) {
    measures.push(await singleAgent(subject, agent))
  }
  return measures
}

async function singleAgent(subject: Subject, agent: number): Promise<Measure> {
  return {
    figure: `one-step L1, all levels on agent ${agent + 1}`,
    value: await firstError(subject, singleAgentPlan(agent)),
    // 0.303 and 0.347 in 7.4, whose reading gives 0.30 to 0.38 to a sampler that uses one action.
    ...onReference(subject, { low: 0.29, high: 0.38 }),
    source,
    why: 'below: the mask shows hidden agents; above: the visible action is not used',
  }
}

const firstError = async (subject: Subject, plan: PlanRequest): Promise<number> =>
  (await stateErrors(subject, subject, plan, 1))[0]!
