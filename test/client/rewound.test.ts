// A server that stands at an older step than it told, as after a store has lost some: the client takes them again, to the same
// numbers, and tells so.
import { expect, test } from 'vitest'
import { ProblemError } from '../../src/client/errors.ts'
import type { Exchange } from '../../src/client/exchange.ts'
import { stepMany } from '../../src/client/step-many.ts'
import { StreamSession } from '../../src/client/stream-session.ts'
import type { SessionState, StepManyReply, StepReply } from '../../src/client/types.ts'

interface Asked {
  session_id: string
  step_id: number
  actions: number[][]
}

/** A session's state is the sum of its actions; it remembers the answer of its last step, as the server does. */
class FakeServer {
  private readonly sums = new Map<string, number[]>()
  taken = 0

  readonly exchange = {
    ask: (type: string, fields: object) => Promise.resolve().then(() => this.answer(type, fields)),
  } as unknown as Exchange

  session(id: string): StreamSession {
    this.sums.set(id, [0])
    const state = { session_id: id, agents: ['one'], committed_step_id: 0 } as unknown as SessionState
    return new StreamSession(this.exchange, state)
  }

  lose(id: string, steps: number): void {
    this.sums.get(id)!.splice(-steps)
  }

  private answer(type: string, fields: object): unknown {
    if (type === 'step') return this.step(fields as Asked)
    const { session_ids: ids, step_ids: steps, actions } = fields as Record<string, unknown[]>
    const errors: { index: number; code: string }[] = []
    const rows = ids!.map((id, index) => {
      try {
        return this.step({ session_id: id, step_id: steps![index], actions: actions![index] } as Asked)
      } catch (error) {
        errors.push({ index, code: (error as ProblemError).problem.code })
        return { state: [0], committed_step_id: 0 }
      }
    })
    const committed = rows.map(({ committed_step_id }) => committed_step_id)
    return { states: rows.map(({ state }) => state), committed_step_ids: committed, errors }
  }

  private step({ session_id: id, step_id: step, actions }: Asked) {
    const sums = this.sums.get(id)!
    const expected = sums.length
    if (step !== expected && step !== expected - 1) {
      const problem = { code: 'step_out_of_order', detail: '', errors: [{ expected }] }
      throw new ProblemError(problem as unknown as ProblemError['problem'])
    }
    if (step === expected) {
      sums.push(sums.at(-1)! + actions[0]![0]!)
      this.taken++
    }
    return { state: [sums.at(-1)!], step_id: step, committed_step_id: step }
  }
}

const told = (session: StreamSession): string[] => {
  const events: string[] = []
  session.onRewound = ({ from, to }) => events.push(`${from} to ${to}`)
  return events
}

const stateOf = ({ state }: StepReply) => state[0]
const statesOf = ({ states }: StepManyReply) => states.map(([state]) => state)

test('a step finds the server behind', async () => {
  const server = new FakeServer()
  const session = server.session('a')
  const events = told(session)
  const action = [[0]] // the caller's own, written anew for every step
  for (let step = 1; step <= 5; step++) {
    action[0]![0] = step
    await session.step(action)
  }
  server.lose('a', 3)
  action[0]![0] = 6
  expect(stateOf(await session.step(action))).toBe(21)
  expect(events).toEqual(['3 to 5'])
})

test('steps of many find some of their servers behind', async () => {
  const server = new FakeServer()
  const sessions = ['a', 'b', 'c'].map((id) => server.session(id))
  const events = sessions.map(told)
  const many = (x: number) => stepMany(server.exchange, sessions, [[[x]], [[10 * x]], [[100 * x]]])
  for (const x of [1, 2, 3]) await many(x)
  server.lose('a', 2)
  server.lose('c', 1)
  const reply = await many(4)
  expect(statesOf(reply)).toEqual([10, 100, 1000])
  expect(reply.errors).toEqual([])
  expect(events).toEqual([['2 to 3'], [], ['3 to 3']])
  expect(server.taken).toBe(12 + 3)
  expect(statesOf(await many(5))).toEqual([15, 150, 1500])
})

test('what was lost before the kept steps is told as it is', async () => {
  const server = new FakeServer()
  const session = server.session('a')
  const events = told(session)
  for (let step = 1; step <= 70; step++) await session.step([[1]])
  server.lose('a', 68)
  const reply = await stepMany(server.exchange, [session], [[[1]]])
  expect(reply.errors).toMatchObject([{ index: 0, code: 'step_out_of_order' }])
  await expect(session.step([[1]])).rejects.toMatchObject({ problem: { code: 'step_out_of_order' } })
  expect(events).toEqual([])
})
