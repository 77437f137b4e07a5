// The contract of ParallelEnv as a test, in the spirit of PettingZoo's parallel_api_test: for any implementation.
import { expect } from 'vitest'
import { Rng } from '../../src/common/rng.ts'
import type { ParallelEnv, PerAgent, ResetResult, StepResult } from '../../src/env/parallel-env.ts'
import { contains, sample } from '../../src/env/spaces.ts'

export interface CheckOptions {
  /** Steps tried, over as many episodes as that takes. */
  steps: number
}

/** Checks a fresh environment and closes it. */
export function checkParallelEnv(env: ParallelEnv, { steps }: CheckOptions): void {
  const rng = new Rng('check')
  checkSpaces(env)
  expect(env.agents).toEqual([])
  expect(() => env.step(sampleActions(env, rng))).toThrow()
  checkReset(env, env.reset({ seed: 1 }))
  for (let i = 0; i < steps; i++) {
    checkStep(env, env.step(sampleActions(env, rng)))
    if (env.agents.length > 0) continue
    expect(() => env.step(sampleActions(env, rng))).toThrow()
    checkReset(env, env.reset())
  }
  checkRefusals(env, rng)
  checkSeeds(env)
  checkClose(env)
}

export const sampleActions = (env: ParallelEnv, rng: Rng): PerAgent<Float64Array> =>
  Object.fromEntries(env.possibleAgents.map((agent) => [agent, sample(env.actionSpace(agent), rng)]))

function checkSpaces(env: ParallelEnv): void {
  expect(env.possibleAgents.length).toBeGreaterThan(0)
  expect(new Set(env.possibleAgents).size).toBe(env.possibleAgents.length)
  for (const agent of env.possibleAgents) {
    expect(env.observationSpace(agent)).toBe(env.observationSpace(agent))
    expect(env.actionSpace(agent)).toBe(env.actionSpace(agent))
    for (const space of [env.observationSpace(agent), env.actionSpace(agent), env.stateSpace]) {
      expect(new Set(space.names).size).toBe(space.names.length)
      expect([[space.names.length], [space.units.length]]).toEqual([space.shape, space.shape])
    }
  }
  expect(() => env.observationSpace('nobody')).toThrow(expect.objectContaining({ code: 'unknown_agent' }))
  expect(() => env.actionSpace('nobody')).toThrow(expect.objectContaining({ code: 'unknown_agent' }))
}

function checkReset(env: ParallelEnv, { observations, infos }: ResetResult): void {
  expect(env.agents).toEqual(env.possibleAgents)
  expect(Object.keys(infos)).toEqual(env.possibleAgents)
  checkObservations(env, observations)
}

function checkStep(env: ParallelEnv, result: StepResult): void {
  const { observations, rewards, terminations, truncations, infos } = result
  checkObservations(env, observations)
  for (const values of [rewards, terminations, truncations, infos])
    expect(Object.keys(values)).toEqual(env.possibleAgents)
  for (const agent of env.possibleAgents) {
    expect(rewards[agent]).toSatisfy(Number.isFinite)
    expect(terminations[agent]).toBeTypeOf('boolean')
    expect(truncations[agent]).toBeTypeOf('boolean')
    expect(env.agents.includes(agent)).toBe(!terminations[agent] && !truncations[agent])
  }
}

function checkObservations(env: ParallelEnv, observations: PerAgent<Float64Array>): void {
  expect(Object.keys(observations)).toEqual(env.possibleAgents)
  for (const agent of env.possibleAgents) {
    expect(observations[agent]).toBeInstanceOf(Float64Array)
    expect(contains(env.observationSpace(agent), observations[agent]!)).toBe(true)
  }
  expect(contains(env.stateSpace, env.state())).toBe(true)
  expect(env.state()).not.toBe(env.state())
}

/** Each fault is named after the agent and leaves the environment as it was. */
function checkRefusals(env: ParallelEnv, rng: Rng): void {
  env.reset({ seed: 2 })
  const before = env.state()
  const good = sampleActions(env, rng)
  const agent = env.possibleAgents.at(-1)!
  const { [agent]: action, ...missing } = good
  const notFinite = action!.slice().fill(Number.NaN)
  const faults: [PerAgent<ArrayLike<number>>, string, string][] = [
    [missing, 'unknown_agent', agent],
    [{ ...good, nobody: [0] }, 'unknown_agent', 'nobody'],
    [{ ...good, [agent]: [...action!, 0] }, 'invalid_shape', agent],
    [{ ...good, [agent]: notFinite }, 'not_finite', agent],
  ]
  for (const [actions, code, culprit] of faults)
    expect(() => env.step(actions)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(culprit) }),
    )
  expect(env.state()).toEqual(before)
  expect(env.agents).toEqual(env.possibleAgents)
}

function checkSeeds(env: ParallelEnv): void {
  const first = trajectory(env, 7)
  expect(trajectory(env, 7)).toEqual(first)
  expect(trajectory(env, 8)).not.toEqual(first)
}

/** The states of two short episodes, the second started without a seed. */
export function trajectory(env: ParallelEnv, seed: number, steps = 20): Float64Array[] {
  const rng = new Rng('actions')
  const states: Float64Array[] = []
  for (const options of [{ seed }, {}]) {
    env.reset(options)
    states.push(env.state())
    for (let i = 0; i < steps && env.agents.length > 0; i++) {
      env.step(sampleActions(env, rng))
      states.push(env.state())
    }
  }
  return states
}

function checkClose(env: ParallelEnv): void {
  const actions = sampleActions(env, new Rng('close'))
  env.close()
  env.close()
  expect(env.agents).toEqual([])
  expect(() => env.reset()).toThrow(/closed/)
  expect(() => env.step(actions)).toThrow(/closed/)
  expect(() => env.state()).toThrow(/closed/)
}
