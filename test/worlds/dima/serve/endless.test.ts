// A model whose data has no end ends no episode, whatever its head says: in rollouts and in live steps.
import { expect, test } from 'vitest'
import { tensor } from '../../../../src/common/tensors.ts'
import { LiveStepper } from '../../../../src/worlds/dima/serve/live-step.ts'
import { memories } from '../../../../src/worlds/dima/serve/memory.ts'
import { gatherRows } from '../../../../src/worlds/live.ts'
import { fakeSimulator, rolloutOf, specOf } from '../../../inference/fixture.ts'
import { walkers } from '../../../inference/live-rows.ts'

/** Its head is certain of an end at every step. */
function certain(terminates?: boolean) {
  const spec = { ...specOf(), ...(terminates === undefined ? {} : { terminates }) }
  const ones = (...shape: number[]) => tensor(shape, new Float32Array(shape.reduce((a, b) => a * b)).fill(1))
  return fakeSimulator(spec, {
    reward: ({ states }) => {
      const shape = [states!.shape[0]!, spec.horizon]
      return { rewards: tensor(shape), termination_probabilities: ones(...shape) }
    },
    rewardStep: ({ keys }) => {
      const [count = 0, blocks = 0, , width = 0] = keys!.shape
      return {
        reward: tensor([count]),
        termination_probability: ones(count),
        new_keys: tensor([count, blocks, 2, width]),
        new_values: tensor([count, blocks, 2, width]),
      }
    },
  }).simulator
}

test.each([
  [false, 0, 4],
  [true, 1, 1],
  [undefined, 1, 1],
])('terminates %s: probability and ends are %d, a row has %d steps', async (terminates, p, length) => {
  const simulator = certain(terminates)
  const rollout = rolloutOf(simulator.spec, { batch: 2 })
  const whole = await simulator.rollout(rollout)
  expect([...whole.terminationProbabilities]).toEqual(Array(2 * 4).fill(p))
  expect([...whole.terminations]).toEqual(Array(2 * 4).fill(p))
  expect([...whole.lengths]).toEqual([length, length])

  const rows = walkers(simulator.spec, rollout).map((walker) => walker.row())
  const live = new LiveStepper(simulator.spec, simulator.graphs)
  const step = await live.step(gatherRows(memories(simulator.spec), rollout.choice, rows))
  expect([...step.terminationProbabilities]).toEqual([p, p])
  expect([...step.terminations]).toEqual([p, p])
})
