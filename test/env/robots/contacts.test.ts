// Contact forces of Ant: the option `contacts`, and what its trunk lies on.
import { expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import { resolveTask } from '../../../src/env/make-env.ts'
import { antOnThinFloor, createWorld } from './references.ts'

const FORCES = 27 // of the state's entries, the first contact force
const [zerosTask, realTask] = [resolveTask('Ant-4x2'), resolveTask('Ant-4x2?contacts=real')]
const still = new Float64Array(8)
const upsideDown = [0, 0, 0.4, 0, 1, 0, 0, 0, 1, 0, -1, 0, -1, 0, 1]

test('forces are zero, or those of the contacts clipped to [-1, 1], and then they cost', async () => {
  const [zeros, real] = [await createWorld(zerosTask), await createWorld(realTask)]
  for (const world of [zeros, real]) world.reset(new Rng(1))
  const rng = new Rng(2)
  const seen: number[] = []
  for (let t = 0; t < 100; t++) {
    const controls = still.map(() => 2 * rng.uniform() - 1)
    for (const world of [zeros, real]) world.step(controls)
    const forces = [...real.state.slice(FORCES)]
    seen.push(...forces)
    expect([...zeros.state.slice(FORCES)]).toEqual(Array(84).fill(0))
    expect(real.state.slice(0, FORCES)).toEqual(zeros.state.slice(0, FORCES))
    const cost = 0.0005 * forces.reduce((sum, x) => sum + x * x, 0)
    expect(zeros.reward - real.reward).toBeCloseTo(cost, 12)
  }
  expect([Math.min(...seen), Math.max(...seen)]).toEqual([-1, 1])
  expect(seen.some((force) => force !== 0 && Math.abs(force) < 1)).toBe(true)
  for (const world of [zeros, real]) world.close()
})

test('forces are there from the reset on', async () => {
  const world = await createWorld(realTask)
  const standing = [0, 0, 0.5, 1, 0, 0, 0, 0, 1, 0, -1, 0, -1, 0, 1]
  world.setState(standing, new Float64Array(14))
  expect(Math.max(...world.state.slice(FORCES).map(Math.abs))).toBeGreaterThan(0)
  world.setState(standing.with(2, 5), new Float64Array(14))
  expect([...world.state.slice(FORCES)]).toEqual(Array(84).fill(0))
  world.close()
})

test('at rest the vertical forces carry the weight', async () => {
  const world = await createWorld(realTask)
  world.reset(new Rng(3))
  for (let t = 0; t < 400; t++) world.step(still)
  const forces = world.simulation.dataArray('cfrc_ext')
  const vertical = world.task.goal.stateNames
    .slice(FORCES)
    .map((name, i) => (name.endsWith('_contact_force_z') ? forces[i]! : 0))
  expect(vertical.reduce((sum, x) => sum + x, 0)).toBeCloseTo(9.81 * 0.91088008, 2)
  world.close()
})

// A trunk of radius 0.25 floats within the margin of its contact: 0.01 of its own, and the floor's.
test.each([
  { task: realTask, floor: 'the floor of today', margin: 0.02 },
  { task: { ...antOnThinFloor.task, contactForces: true }, floor: 'a floor without margin', margin: 0.01 },
])('dropped upside down onto $floor it lies on its trunk', async ({ task, margin }) => {
  const world = await createWorld(task)
  world.setState(upsideDown, new Float64Array(14))
  for (let t = 0; t < 40; t++) world.step(still)
  const height = world.state[0]!
  expect(height).toBeLessThan(0.25 + margin)
  expect(height).toBeGreaterThan(0.25 + 0.9 * margin)
  expect(world.state[world.task.goal.stateNames.indexOf('trunk_contact_force_z')]).toBe(1)
  world.close()
})
