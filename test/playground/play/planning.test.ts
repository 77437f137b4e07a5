// The planner among those who act: its agents wait for a plan, follow it, and ask for the next one meanwhile.
import { expect, test } from 'vitest'
import { actionAt, MOST } from '../../../src/playground/actors/levels.ts'
import { problem } from './fake-server.ts'
import { Seat } from './seat.ts'

const RANGE = { low: -1, high: 1 }
/** For both agents, the first of whose actions count on. */
const planOf = (steps: number) => ({
  actions: Array.from({ length: steps }, (_, t) => [[t / 10], [0]]),
  warm_start: { actions: [] },
})

async function planned(): Promise<Seat> {
  const seat = await Seat.taken()
  seat.server.plan = async ({ horizon }) => planOf(horizon!) as never
  seat.player.setActor(0, 'planner')
  return seat
}

test('it waits for a plan and follows it step by step; nobody else moves', async () => {
  const seat = await planned()
  const { player, server } = seat
  player.setLevel(1, 1, MOST)
  const letGo = server.hold()
  await seat.step()
  expect(server.count('step')).toBe(0)
  letGo()
  await seat.watch(4)
  for (let i = 0; i < 3; i++) await seat.step()
  const steps = player.run.flight.recording.segments[0]!.steps
  expect(steps.map(({ levels }) => actionAt(levels[0]!, RANGE).toFixed(1))).toEqual([
    '0.0',
    '0.1',
    '0.2',
    '0.3',
  ])
  expect(steps.every(({ levels }) => levels[1] === MOST)).toBe(true)
  expect(server.plans[0]).toMatchObject({
    model: 'sum@1',
    horizon: 8,
    agents: ['a'],
    start: { states: [[7, 0]] },
  })
})

test('it is asked again five steps into a plan, with what is left of it', async () => {
  const seat = await planned()
  for (let i = 0; i < 7; i++) await seat.step()
  expect(seat.server.plans).toHaveLength(2)
  expect(seat.server.plans[1]).toMatchObject({ warm_start: { steps: 5 } })
  expect(seat.server.plans[1]!.start!.states).toHaveLength(3) // as many as the model can use
})

test('a server that is full is not asked with every picture', async () => {
  const seat = await planned()
  const { player, server } = seat
  server.plan = async () => Promise.reject(problem('overloaded', { retry_after_ms: 480 }))
  player.transport.play()
  await seat.watch(60) // 960 ms
  expect(server.plans.length).toBeLessThanOrEqual(3)
  server.plan = async ({ horizon }) => planOf(horizon!) as never
  await seat.watch(60)
  expect(server.count('step')).toBeGreaterThan(5)
})

test('who can not be planned for holds still, and it is said why', async () => {
  const seat = await planned()
  seat.server.plan = async () => Promise.reject(problem('unknown_plan'))
  await seat.step()
  expect(seat.player.mixer.actors).toEqual(['hold', 'sliders'])
  expect(seat.player.run.notice).toBe("The planner can't go on: it is unknown_plan")
})
