// What comes back for whoever trains the policy that acts: what actions were drawn on, and how likely they were.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tensor } from '../../../../src/common/tensors.ts'
import { createActor } from '../../../../src/networks/actor.ts'
import { compilePolicy } from '../../../../src/networks/policy-graph.ts'
import type { Rollout, Trajectories } from '../../../../src/worlds/rollout.ts'
import { lettersOf } from '../../../../src/worlds/world.ts'
import { CLOSE, expectClose } from '../../../common/close.ts'
import { type OpenTiny, openTiny, rolloutOf, type TinyModel, tinyModel } from '../../../inference/fixture.ts'
import { dims, randomWeights } from '../networks/fixture.ts'

const B = 4
let model: TinyModel
let simulator: OpenTiny
beforeAll(async () => {
  model = tinyModel()
  const actor = createActor(dims, { width: 16, layers: 1 })
  model.graphs.policy = compilePolicy(actor, dims, randomWeights(actor.parameters))
  simulator = await openTiny(model)
})
afterAll(() => simulator.close())

const letters = () => ({
  ...lettersOf(model.spec),
  H: model.spec.horizon,
  O: model.spec.observation.length,
})

function imagine(policy: Partial<NonNullable<Rollout['policy']>> = {}): Promise<Trajectories> {
  const everyone = { agents: [true, true], mode: 'sample' as const, learning: true }
  return simulator.rollout(rolloutOf(model.spec, { batch: B, policy: { ...everyone, ...policy } }))
}

describe('a rollout of a policy that is learning', () => {
  let imagined: Trajectories
  beforeAll(async () => {
    imagined = await imagine()
  })

  test('has the observations that actions were drawn on: the start decoded, then every state but the last', async () => {
    const { H, N, O, L, S } = letters()
    const { states } = rolloutOf(model.spec, { batch: B })
    const [view, seen] = [N * O, imagined.drawn!.observations!]
    for (let row = 0; row < B; row++) {
      const start = Float32Array.from(states.subarray(((row + 1) * L - 1) * S, (row + 1) * L * S))
      const decoded = await simulator.graphs.decode.run({ states: tensor([1, S], start) })
      const own = seen.subarray(row * H * view, (row + 1) * H * view)
      expectClose(own.subarray(0, view), decoded.observations!.data, CLOSE.serving)
      const later = imagined.observations.subarray(row * H * view, ((row + 1) * H - 1) * view)
      expectClose(own.subarray(view), later, CLOSE.serving)
    }
  })

  test('has the log-densities that the policy gives its actions there', async () => {
    const { H, N, A, O } = letters()
    const observations = tensor([B * H, N, O], imagined.drawn!.observations)
    const { mean, std } = await simulator.graphs.policy!.run({ observations })
    const density = (i: number) => {
      const z = (imagined.actions![i]! - mean!.data[i]!) / std!.data[i]!
      return -0.5 * z * z - Math.log(std!.data[i]! * Math.sqrt(2 * Math.PI))
    }
    const expected = Array.from({ length: B * H * N }, (_, agent) =>
      Array.from({ length: A }, (_, a) => density(agent * A + a)).reduce((x, y) => x + y, 0),
    )
    expectClose(imagined.drawn!.logProbabilities, expected, CLOSE.serving)
    expect(new Set(imagined.drawn!.logProbabilities).size).toBeGreaterThan(B * H)
  })

  test('keeps actions past the bounds: clipped ones would have another density', () => {
    expect(imagined.actions!.some((a) => Math.abs(a) > 1)).toBe(true)
  })

  test('is the same again', async () => {
    const { computeMs: _, ...again } = await imagine()
    expect(imagined).toMatchObject(again)
  })
})

test('others get neither, and actions inside the bounds', async () => {
  const { drawn, actions } = await imagine({ learning: false })
  expect(drawn).toBeUndefined()
  expect(actions!.every((a) => Math.abs(a) <= 1)).toBe(true)
})

test('agents whose actions are given have no density', async () => {
  const { N } = letters()
  const { drawn, actions } = await imagine({ agents: [true, false] })
  const [own, given] = [0, 1].map((n) => drawn!.logProbabilities.filter((_, i) => i % N === n))
  expect(given!.every((value) => value === 0)).toBe(true)
  expect(own!.every((value) => value !== 0)).toBe(true)
  const { A } = letters()
  const asked = rolloutOf(model.spec, { batch: B }).actions
  const second = (values: Float32Array) => [...values].filter((_, i) => Math.floor(i / A) % N === 1)
  expect(second(actions!)).toEqual(second(asked))
})
