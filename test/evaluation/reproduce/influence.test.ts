// Check 9, with the simulator that serves: the next state is moved by the actions that the mask shows.
import { describe, expect, test } from 'vitest'
import type { NamedTensors } from '../../../src/common/tensors.ts'
import { tensor } from '../../../src/common/tensors.ts'
import { withOthersAction } from '../../../src/evaluation/reproduce/influence.ts'
import { fakeSimulator } from '../../inference/fixture.ts'
import { sizes, spec } from '../../runs/synthetic-env.ts'
import { opened } from '../opened.ts'
import { missesOf, subjectOf, verdicts } from './fixture.ts'

const { context: L, agents: N, state: S } = sizes

/** The first entries of the embedding are the agents' visible current actions; a deaf model never sees one agent's. */
const simulatorOf = (deaf?: number) => {
  const { simulator } = fakeSimulator(spec, {
    embed: ({ actions, mask }) => {
      const R = actions!.shape[0]!
      const embedding = tensor([R, N])
      for (let row = 0; row < R; row++)
        for (let agent = 0; agent < N; agent++) {
          const place = row * L * N + (L - 1) * N + agent
          if (agent !== deaf) embedding.data[row * N + agent] = actions!.data[place]! * mask!.data[place]!
        }
      return { embedding }
    },
    // What earlier levels showed stays in the sample.
    denoise: ({ noisy, embedding }: NamedTensors) => ({
      denoised: tensor(
        noisy!.shape,
        noisy!.data.map(
          (x, i) => 0.5 * x + (i % S < N ? embedding!.data[Math.floor(i / S) * N + (i % S)]! : 0),
        ),
      ),
    }),
  })
  return opened(spec, simulator)
}

const any = { reference: false }
const PLANS = ['joint', 'descending', 'ascending', 'balanced']

test('passes where both agents count in every plan', async () => {
  const found = await verdicts(9, subjectOf(simulatorOf(), any))
  expect(found).toEqual(
    Object.fromEntries(
      PLANS.flatMap((plan) => [1, 2].map((agent) => [`influence of agent ${agent}, ${plan}`, 'pass'])),
    ),
  )
})

test.each([0, 1])('misses a model that ignores agent %d, and only that agent', async (deaf) => {
  const misses = await missesOf(9, subjectOf(simulatorOf(deaf), any))
  expect(misses).toEqual(PLANS.map((plan) => `influence of agent ${deaf + 1}, ${plan}`))
})

test('on the data of the specification half of its figures is asked for', async () => {
  const { simulator } = fakeSimulator(spec, {
    denoise: ({ noisy }) => ({ denoised: tensor(noisy!.shape) }),
  })
  expect(await missesOf(9, subjectOf(opened(spec, simulator)))).toHaveLength(8)
})

describe('another’s action', () => {
  test('is the next row’s, of one agent alone', () => {
    const actions = Float32Array.of(1, 2, /**/ 3, 4, /**/ 5, 6)
    const changed = (agent: number) => [...withOthersAction(actions, 3, { agents: 2, action: 1 }, agent)]
    expect(changed(0)).toEqual([3, 2, /**/ 5, 4, /**/ 1, 6])
    expect(changed(1)).toEqual([1, 4, /**/ 3, 6, /**/ 5, 2])
  })
})
