// The answers of reset and step of a vector environment, by themselves.
import type { FinalObservations, VectorEnv, VectorReset, VectorStep } from '../../vector/vector-env.ts'
import { demand } from '../broken.ts'
import { checkArray, checkFinite, checkKeys, checkVectors } from '../values.ts'

export function checkStartAnswer(
  env: VectorEnv,
  call: string,
  answer: VectorReset,
  rows = env.numEnvs,
): void {
  const agents = env.possibleAgents
  checkKeys(call, 'observations', answer.observations, agents)
  for (const agent of agents)
    checkVectors(
      call,
      `observations of ${agent}`,
      env.observationSpace(agent),
      answer.observations[agent],
      rows,
    )
  checkVectors(call, 'states', env.stateSpace, answer.states, rows)
  const success = answer.infos?.success
  if (success) checkFlagArray(call, 'infos.success', success, rows)
}

export function checkStepAnswer(env: VectorEnv, answer: VectorStep): void {
  checkStartAnswer(env, 'step()', answer)
  checkKeys('step()', 'rewards', answer.rewards, env.possibleAgents)
  for (const [agent, rewards] of Object.entries(answer.rewards)) {
    checkArray('step()', `rewards of ${agent}`, rewards, env.numEnvs)
    checkFinite('step()', `rewards of ${agent}`, rewards)
  }
  checkFlags(env, answer)
  checkFinal(env, answer)
}

function checkFlags({ numEnvs }: VectorEnv, { terminations, truncations }: VectorStep): void {
  for (const [what, flags] of Object.entries({ terminations, truncations }))
    checkFlagArray('step()', what, flags, numEnvs)
  const both = terminations.findIndex((flag, copy) => flag === 1 && truncations[copy] === 1)
  const what = `copy ${both} is terminated and truncated at once; a time limit is a truncation alone`
  demand(both < 0, 'step()', what)
}

function checkFlagArray(call: string, what: string, flags: Uint8Array, rows: number): void {
  demand(flags instanceof Uint8Array, call, `${what} is no Uint8Array`)
  demand(flags.length === rows, call, `${what} has ${flags.length} flags for ${rows} copies`)
  const odd = flags.findIndex((flag) => flag > 1)
  demand(odd < 0, call, `${what}: copy ${odd} has ${flags[odd]}, neither 0 nor 1`)
}

/** Under same_step the last observations of just the copies that ended, else none. */
function checkFinal(env: VectorEnv, answer: VectorStep): void {
  const { autoreset } = env
  const { terminations, truncations, final } = answer
  const same = autoreset === 'same_step'
  demand(same || final === undefined, 'step()', `final is given under autoreset ${autoreset}`)
  if (!same) return
  const ended = [...terminations.keys()].filter((copy) => terminations[copy] || truncations[copy])
  const copies = [...(final?.copies ?? [])]
  const details = { expected: ended, given: copies }
  demand(String(copies) === String(ended), 'step()', `final has copies [${copies}], not [${ended}]`, details)
  if (final) checkFinalRows(env, answer, final)
}

function checkFinalRows(env: VectorEnv, { states }: VectorStep, final: FinalObservations): void {
  demand(final.copies instanceof Int32Array, 'step()', 'copies of final is no Int32Array')
  checkStartAnswer(env, 'final of step()', final, final.copies.length)
  const size = env.stateSpace.low.length
  final.copies.forEach((copy, k) => {
    const next = states.subarray(copy * size, (copy + 1) * size)
    const moved = next.some((value, i) => value !== final.states[k * size + i])
    demand(moved, 'step()', `the state of copy ${copy} is still the last one of its episode`)
  })
}
