import { expect, test } from 'vitest'
import { createSimulation, type Simulation } from '../../../src/env/mujoco/simulation.ts'
import { halfCheetah } from '../../../src/env/robots/half-cheetah.ts'

const halfCheetahXml = halfCheetah.body.xml('modern')

const unstable = expect.objectContaining({ code: 'simulation_failed' })

test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e12])(
  'refuses to go on from a velocity of %d',
  async (bad) => {
    const simulation = await createSimulation(halfCheetahXml)
    simulation.qvel[4] = bad
    expect(() => simulation.step(5)).toThrow(unstable)
    simulation.reset()
    simulation.step(5)
    expect(simulation.qpos.every(Number.isFinite)).toBe(true)
    simulation.close()
  },
)

test('notices a state that blows up within a step', async () => {
  const simulation = await createSimulation(halfCheetahXml)
  simulation.step(10)
  simulation.qvel[4] = 1e9
  expect(() => simulation.step(5)).toThrow(unstable)
  simulation.close()
})

test('views are taken again after the heap has grown', async () => {
  const simulation = await createSimulation(halfCheetahXml)
  simulation.qpos[1] = 0.25
  const view = simulation.qpos
  const others: Simulation[] = []
  while (view.length > 0 && others.length < 500) others.push(await createSimulation(halfCheetahXml))
  expect(view.length).toBe(0)
  expect(simulation.qpos).toHaveLength(9)
  expect(simulation.qpos[1]).toBe(0.25)
  for (const other of [...others, simulation]) other.close()
})

test('throws after close, and closes twice without harm', async () => {
  const simulation = await createSimulation(halfCheetahXml)
  simulation.close()
  simulation.close()
  for (const use of [() => simulation.qpos, () => simulation.step(1), () => simulation.reset()])
    expect(use).toThrow('the simulation is closed')
})

test('names an array that does not exist and passes on why a model does not compile', async () => {
  const simulation = await createSimulation(halfCheetahXml)
  expect(() => simulation.dataArray('qqq')).toThrow(/no array named qqq/)
  simulation.close()
  await expect(createSimulation('<mujoco><nonsense/></mujoco>')).rejects.toThrow(/nonsense/)
})
