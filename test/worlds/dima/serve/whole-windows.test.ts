// What the graph is asked when whole windows are judged, and which of its answers is taken.
import { expect, test } from 'vitest'
import { tensor } from '../../../../src/common/tensors.ts'
import { POLICIES } from '../../../../src/engine/device.ts'
import { LiveStepper } from '../../../../src/worlds/dima/serve/live-step.ts'
import { memories } from '../../../../src/worlds/dima/serve/memory.ts'
import { WholeWindows } from '../../../../src/worlds/dima/serve/whole-windows.ts'
import { gatherRows } from '../../../../src/worlds/live.ts'
import { fakeSimulator, rolloutOf, specOf } from '../../../inference/fixture.ts'
import { walkers } from '../../../inference/live-rows.ts'

const spec = specOf({ S: 1, N: 2, A: 1, H: 3 })
const numbers = (count: number, from: number) => Float32Array.from({ length: count }, (_, i) => from + i)

/** Its rewards are 1, 2, ... and its end probabilities 101, 102, ..., entry by entry. */
const counting = () =>
  fakeSimulator(spec, {
    reward: ({ states }) => {
      const shape = states!.shape.slice(0, 2)
      const size = states!.data.length
      return {
        rewards: tensor(shape, numbers(size, 1)),
        termination_probabilities: tensor(shape, numbers(size, 101)),
      }
    },
  })

test('windows are padded with zeros after their last entry, whose answer counts', async () => {
  const { simulator, callsOf } = counting()
  const judge = new WholeWindows(simulator.graphs.reward, spec)
  const judged = await judge.judge({
    ids: Float64Array.of(7, 7, 8),
    lengths: Uint32Array.of(2, 3, 1),
    total: 6,
    states: numbers(6, 1),
    actions: numbers(12, 1),
  })
  const [{ states, actions }] = callsOf('reward') as [Record<string, { data: Float32Array; shape: number[] }>]
  expect(states).toEqual({ shape: [3, 3, 1], data: Float32Array.of(1, 2, 0, 3, 4, 5, 6, 0, 0) })
  const joint = [1, 2, 3, 4, 0, 0, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 0, 0]
  expect(actions).toEqual({ shape: [3, 3, 2, 1], data: Float32Array.from(joint) })
  expect([...judged.rewards]).toEqual([2, 6, 7])
  expect([...judged.probabilities]).toEqual([102, 106, 107])
})

test.each([
  ['cpu', 'rewardStep'],
  ['cuda', 'reward'],
  ['webgpu', 'reward'],
] as const)('live steps on %s are judged by the graph %s', async (device, graph) => {
  const { simulator, calls } = counting()
  const graphs = Object.fromEntries(
    Object.entries(simulator.graphs).map(([name, session]) => [
      name,
      { ...session, policy: POLICIES[device] },
    ]),
  ) as typeof simulator.graphs
  const rollout = rolloutOf(spec, { batch: 2 })
  const rows = walkers(spec, rollout).map((one) => one.row())
  await new LiveStepper(spec, graphs).step(gatherRows(memories(spec), rollout.choice, rows))
  expect(calls.map((call) => call.graph).filter((name) => name.startsWith('reward'))).toEqual([graph])
})
