// The answers of reset and step, by themselves.
import type { AnyParallelEnv, PerAgent, ResetResult, StepResult } from '../../parallel-env.ts'
import { demand } from '../broken.ts'
import { checkKeys, checkVectors } from '../values.ts'

export function checkResetAnswer(env: AnyParallelEnv, call: string, answer: ResetResult): void {
  checkAgents(call, env.agents, env.possibleAgents, 'must act after a reset')
  checkObservations(env, call, env.possibleAgents, answer.observations)
  checkKeys(call, 'infos', answer.infos, env.possibleAgents)
}

/** `acting`: the agents when `step` was called. */
export function checkStepAnswer(env: AnyParallelEnv, acting: readonly string[], answer: StepResult): void {
  const { observations, rewards, terminations, truncations, infos } = answer
  for (const [what, values] of Object.entries({ rewards, terminations, truncations, infos }))
    checkKeys('step()', what, values, acting)
  checkObservations(env, 'step()', acting, observations)
  for (const agent of acting) {
    checkReward(agent, rewards[agent])
    checkFlags(agent, terminations[agent], truncations[agent])
  }
  const left = acting.filter((agent) => !terminations[agent] && !truncations[agent])
  checkAgents('step()', env.agents, left, 'has neither terminated nor been truncated')
}

function checkObservations(
  env: AnyParallelEnv,
  call: string,
  agents: readonly string[],
  observations: PerAgent<unknown>,
): void {
  checkKeys(call, 'observations', observations, agents)
  for (const agent of agents)
    checkVectors(call, `the observation of ${agent}`, env.observationSpace(agent), observations[agent])
}

function checkReward(agent: string, reward: unknown): void {
  const what = `the reward of ${agent} is ${reward}, not a finite number`
  demand(typeof reward === 'number' && Number.isFinite(reward), 'step()', what, { field: agent })
}

function checkFlags(agent: string, terminated: unknown, truncated: unknown): void {
  for (const [what, flag] of Object.entries({ termination: terminated, truncation: truncated }))
    demand(typeof flag === 'boolean', 'step()', `the ${what} of ${agent} is ${flag}, not a boolean`, {
      field: agent,
    })
  const both = `${agent} is terminated and truncated at once; a time limit is a truncation alone`
  demand(!terminated || !truncated, 'step()', both, { field: agent })
}

function checkAgents(
  call: string,
  agents: readonly string[],
  expected: readonly string[],
  why: string,
): void {
  const missing = expected.find((agent) => !agents.includes(agent))
  demand(missing === undefined, call, `agents lacks ${missing}, which ${why}`, { field: missing! })
  const extra = agents.find((agent) => !expected.includes(agent))
  demand(extra === undefined, call, `agents still has ${extra} after its end`, { field: extra! })
  demand(agents.length === expected.length, call, `agents is ${agents.join(', ')}`)
}
