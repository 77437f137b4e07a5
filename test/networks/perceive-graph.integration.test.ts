// The graph `perceive` gives what the environment's own observer gives, for every task of the paper and for raw ones.
import { beforeAll, expect, test } from 'vitest'
import { Rng } from '../../src/common/rng.ts'
import { tensor } from '../../src/common/tensors.ts'
import { openGraphSession } from '../../src/engine/session.ts'
import { closedFormOf } from '../../src/env/closed-form.ts'
import { makeEnv, taskNames, taskSpec } from '../../src/env/make-env.ts'
import { compileServing } from '../../src/graph/serving-graph.ts'
import { widthsOf } from '../../src/networks/dimensions.ts'
import { perceiveGraph } from '../../src/networks/perceive-graph.ts'
import { useCpu } from '../worlds/dima/networks/fixture.ts'

beforeAll(useCpu)

const STEPS = 20

/** States [steps, S] of an episode with random actions, and what was observed in them [steps, N, O]. */
async function played(task: string) {
  const env = await makeEnv(task)
  const rng = new Rng(1, 'actions')
  let { observations } = env.reset({ seed: 1 })
  const [states, seen]: [number[], number[]] = [[], []]
  for (let t = 0; t < STEPS && env.agents.length > 0; t++) {
    states.push(...env.state())
    for (const agent of env.possibleAgents) seen.push(...(observations[agent] as Float64Array))
    const actions = env.agents.map((agent) => [agent, rng.normals(env.actionSpace(agent).shape[0]!)])
    observations = env.step(Object.fromEntries(actions)).observations
  }
  env.close()
  return { states: Float32Array.from(states), seen }
}

test.each([...taskNames, 'HalfCheetah-6x1-v1?observation=raw', 'Walker2d-3+3-v1', 'DexHands-BottleCap-mj1'])(
  'of %s',
  async (task) => {
    const spec = taskSpec(task)
    const { state: S } = widthsOf(spec)
    const { states, seen } = await played(task)
    const graph = perceiveGraph(widthsOf(spec), closedFormOf(spec)!)
    const session = await openGraphSession(compileServing('perceive', graph, [], undefined))
    const look = async (rows: Float32Array) =>
      (await session.run({ states: tensor([rows.length / S, S], rows) })).observations!.data
    const together = await look(states)
    expect(together).toHaveLength(seen.length)
    expect(Math.max(...seen.map((value, i) => Math.abs(value - together[i]!)))).toBeLessThan(1e-5) // of at most 10.7
    const width = seen.length / (states.length / S)
    for (let row = 0; row < states.length / S; row++) {
      const alone = await look(states.slice(row * S, (row + 1) * S))
      expect(alone).toEqual(together.slice(row * width, (row + 1) * width)) // to the bit
    }
    await session.release()
  },
)

test('tasks whose agents see less than the state have none', () => {
  expect(closedFormOf(taskSpec('Ant-4x2?observation=k-hop'))).toBeUndefined()
})
