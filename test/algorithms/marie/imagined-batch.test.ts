// What actor and critic of MARIE learn from, and the critic itself.
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { batchOf, seenIn } from '../../../src/algorithms/marie/imagined-batch.ts'
import { ValueNormaliser } from '../../../src/algorithms/policy/value-normaliser.ts'
import { Rng } from '../../../src/common/rng.ts'
import { sum } from '../../../src/common/statistics.ts'
import { sizeOf } from '../../../src/common/tensors.ts'
import { createTeamCritic } from '../../../src/worlds/marie/networks/team-critic.ts'
import type { Trajectories } from '../../../src/worlds/rollout.ts'
import { randomTensor, randomWeights, tensorsOf, useCpu } from '../../worlds/dima/networks/fixture.ts'

beforeAll(useCpu)

const [B, H, N, O, A] = [2, 3, 2, 4, 1]
const numbers = (count: number, name: string) => new Rng(name).normals(count)

const imagined = {
  observations: numbers(B * H * N * O, 'after'),
  rewards: Float32Array.of(1, 2, 3, 4, 5, 6),
  terminationProbabilities: Float32Array.of(0, 0, 0, 0, 1, 0),
  lengths: new Int32Array(B).fill(H),
  actions: numbers(B * H * N * A, 'actions'),
  drawn: { observations: numbers(B * H * N * O, 'before'), logProbabilities: numbers(B * H * N, 'log') },
} as unknown as Trajectories

describe('an imagined batch', () => {
  const seen = seenIn(imagined)
  const discounts = { gamma: 0.5, lambda: 1, advantageEpsilon: 1e-4 }
  /** In units of the reward: what follows the last step is worth 10 to agent 0 and 20 to agent 1. */
  const worth = Float32Array.from({ length: B * (H + 1) * N }, (_, i) =>
    i % (N * (H + 1)) >= N * H ? 10 * (1 + (i % N)) : 0,
  )
  const normaliser = new ValueNormaliser()
  normaliser.update(Float32Array.of(-3, 5, 9))
  const batch = batchOf(imagined, seen, normaliser.normalise(worth), normaliser, discounts)

  test('has what the policy saw, and after the last step what it would see', () => {
    const joint = N * O
    for (let row = 0; row < B; row++) {
      const own = seen.subarray(row * (H + 1) * joint, (row + 1) * (H + 1) * joint)
      const part = (all: Float32Array, from: number, to: number) =>
        all.subarray((row * H + from) * joint, (row * H + to) * joint)
      expect(own.subarray(0, H * joint)).toEqual(part(imagined.drawn!.observations!, 0, H))
      expect(own.subarray(H * joint)).toEqual(part(imagined.observations, H - 1, H))
    }
    expect(batch.observations).toEqual(imagined.drawn!.observations)
  })

  test('has returns of each agent, up to where it surely ends', () => {
    const row0 = [1 + 0.5 * (2 + 0.5 * (3 + 0.5 * 10)), 1 + 0.5 * (2 + 0.5 * (3 + 0.5 * 20))]
    expect([...batch.returns.slice(0, N)]).toEqual(row0.map((value) => expect.closeTo(value, 3)))
    expect([...batch.returns.slice(H * N, (H + 1) * N)]).toEqual([6.5, 6.5])
    expect(sum([...batch.advantages])).toBeCloseTo(0, 4)
  })
})

describe('the critic', () => {
  const critic = createTeamCritic({ agents: N, observation: O }, { width: 16, layers: 2 })
  const weights = tensorsOf(critic.parameters, randomWeights(critic.parameters))
  const valuesOf = (inputs: tf.Tensor) => [...critic.value(weights, inputs).dataSync()]

  test('gives each agent a value that depends on what the others see, and on no other row', () => {
    const inputs = randomTensor([3 * N, O], 'inputs')
    const values = valuesOf(inputs)
    expect(values).toHaveLength(3 * N)
    const noise = tf.pad(randomTensor([1, O], 'noise'), [
      [1, 3 * N - 2],
      [0, 0],
    ]) // of agent 1 in row 0
    const changed = valuesOf(tf.add(inputs, noise)).map((value, i) => Math.abs(value - values[i]!) > 1e-6)
    expect(changed).toEqual([true, true, ...Array(2 * N).fill(false)])
  })

  test('of the original has its size', () => {
    const { parameters } = createTeamCritic({ agents: 2, observation: 19 }, { width: 128, layers: 3 })
    expect(sum(parameters.map(({ shape }) => sizeOf(shape))) / 1000).toBeCloseTo(152.5, 0)
  })
})
