// To whom the arrays of an answer belong.
import { afterEach, describe, expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import { type VectorEnvOptions, vectorEnvOf } from '../../../src/env/vector/make-vector-env.ts'
import type { VectorEnv, VectorStep } from '../../../src/env/vector/vector-env.ts'
import { oddTask } from './odd-task.ts'
import { randomActions } from './random-actions.ts'

let env: VectorEnv
afterEach(() => env.close())

const make = async (options: Partial<VectorEnvOptions>) => {
  env = await vectorEnvOf(oddTask, { numEnvs: 3, ...options })
  return { rng: new Rng('actions'), first: await env.reset({ seed: 1 }) }
}

const arraysOf = ({ observations, states, rewards, terminations, truncations }: VectorStep) => [
  ...Object.values(observations),
  states,
  ...Object.values(rewards),
  terminations,
  truncations,
]

describe('copy: true', () => {
  test('answers are the caller’s: later calls do not change them, and writing to them changes nothing', async () => {
    const { rng } = await make({ copy: true })
    const actions = randomActions(env, rng)
    const step = await env.step(actions)
    const kept = structuredClone(step)
    await env.step(randomActions(env, rng))
    expect(step).toEqual(kept)
    for (const array of arraysOf(step)) array.fill(9)
    await env.reset({ seed: 1 })
    expect(await env.step(actions)).toEqual(kept)
  })

  test('no two arrays are the same one, and none is shared memory', async () => {
    const { rng } = await make({})
    const arrays = arraysOf(await env.step(randomActions(env, rng)))
    expect(new Set(arrays.map(({ buffer }) => buffer)).size).toBe(arrays.length)
    for (const { buffer } of arrays) expect(buffer).toBeInstanceOf(ArrayBuffer)
  })
})

describe('copy: false', () => {
  test('all answers are the same arrays, as those of an environment that copies', async () => {
    const { rng, first } = await make({ copy: false, autoreset: 'same_step' })
    const copying = await vectorEnvOf(oddTask, { numEnvs: 3, autoreset: 'same_step' })
    await copying.reset({ seed: 1 })
    let before: VectorStep | undefined
    for (let i = 0; i < 3; i++) {
      const actions = randomActions(env, rng)
      const step = await env.step(actions)
      expect(step).toEqual(await copying.step(actions))
      expect(step.states).toBe(first.states)
      expect(step.observations.agent_1).toBe(first.observations.agent_1)
      if (before) arraysOf(step).forEach((array, i) => void expect(array).toBe(arraysOf(before!)[i]))
      before = step
    }
    await copying.close()
  })

  test('the last observations of episodes are the caller’s all the same', async () => {
    const { rng } = await make({ copy: false, autoreset: 'same_step' })
    const finals = await collectFinals(rng, 40)
    expect(finals.length).toBeGreaterThan(3)
    expect(finals.map(({ final }) => final)).toEqual(finals.map(({ kept }) => kept))
  })

  const collectFinals = async (rng: Rng, steps: number) => {
    const finals = []
    for (let i = 0; i < steps; i++) {
      const { final } = await env.step(randomActions(env, rng))
      if (final) finals.push({ final, kept: structuredClone(final) })
    }
    return finals
  }
})

test.each(['disabled', 'next_step', 'same_step'] as const)(
  'under %s, final is there when an episode ended in a step that also begins the next',
  async (autoreset) => {
    const { rng } = await make({ autoreset })
    const copies = [0, 1, 2]
    for (let i = 0; i < 9; i++) {
      const { final, terminations, truncations } = await env.step(randomActions(env, rng))
      const ended = copies.filter((e) => terminations[e] || truncations[e])
      const expected = autoreset === 'same_step' && ended.length > 0 ? ended : undefined
      expect(final && [...final.copies]).toEqual(expected)
      if (autoreset === 'disabled') await env.reset({ mask: copies.map((e) => Number(ended.includes(e))) })
    }
  },
)
