import { describe, expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import { resolveTask } from '../../../src/env/make-env.ts'
import { createSimulation } from '../../../src/env/mujoco/simulation.ts'
import { World } from '../../../src/env/mujoco/world.ts'

const STEPS = 50

async function open(task: string): Promise<World> {
  const definition = resolveTask(task)
  return new World(definition, await createSimulation(definition.xml))
}

/** States and rewards of an episode; `between` may use the world for something else after each step. */
function walk(world: World, seed: number, between = () => {}): number[][] {
  const actions = new Rng(seed, 'actions')
  const controls = new Float64Array(world.task.body.actuators.length)
  world.reset(new Rng(seed, 'reset'))
  return Array.from({ length: STEPS }, () => {
    world.step(controls.map(() => 2 * actions.uniform() - 1))
    const seen = [...world.state, world.reward]
    between()
    return seen
  })
}

describe.each(['HalfCheetah-2x3', 'Walker2d-2x3', 'Ant-4x2?contacts=real'])('%s', (task) => {
  test('goes on from what was saved to the last bit, whatever happened meanwhile', async () => {
    const [alone, shared] = [await open(task), await open(task)]
    const saved = new Float64Array(3 + shared.saveSize)
    const other = new Float64Array(shared.saveSize)
    const still = new Float64Array(shared.task.body.actuators.length)
    shared.reset(new Rng(9, 'reset'))
    shared.save(other, 0)
    const seen = walk(shared, 4, () => {
      shared.save(saved, 3)
      shared.load(other, 0)
      shared.step(still)
      shared.save(other, 0)
      shared.load(saved, 3)
    })
    expect(seen).toEqual(walk(alone, 4))
    expect(saved.subarray(0, 3)).toEqual(new Float64Array(3))
    for (const world of [alone, shared]) world.close()
  })

  test('the same seed gives the same episode again, another seed another', async () => {
    const world = await open(task)
    const first = walk(world, 1)
    const other = walk(world, 2)
    expect(walk(world, 1)).toEqual(first)
    expect(other).not.toEqual(first)
    world.close()
  })
})

test('a step does not change the controls it was given', async () => {
  const world = await open('HalfCheetah-2x3')
  world.reset(new Rng(1, 'reset'))
  const controls = Float64Array.of(3, -3, 0.5, 0, 1, -1)
  world.step(controls)
  expect([...controls]).toEqual([3, -3, 0.5, 0, 1, -1])
  world.close()
})

test.each(['HalfCheetah-2x3', 'Walker2d-2x3', 'Ant-4x2'])(
  '%s saves all that MuJoCo integrates',
  async (task) => {
    const world = await open(task)
    const { goal } = world.task
    const left = 1 + world.simulation.modelArray('eq_type').length // time, and a switch for each constraint
    expect(world.saveSize - goal.memorySize).toBe(world.simulation.integrationSize() - left)
    world.reset(new Rng(1, 'reset'))
    const saved = new Float64Array(world.saveSize).fill(Number.NaN)
    world.save(saved, 0)
    expect(saved).not.toContain(Number.NaN)
    world.close()
  },
)
