// A server without a socket: sessions of a world of two numbers, whose states tell what was done. Its answers come in a turn of
// the event loop of their own, or when they are let go.
import type { ModelDetail } from '../../../src/api/models.ts'
import { ConnectionError, ProblemError } from '../../../src/client/errors.ts'
import type { DimaStream } from '../../../src/client/stream.ts'
import type { PlanReply, PlanRequest, Start } from '../../../src/client/types.ts'

export const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Two agents with a joint each; states are the seed, and the sum of what both did. */
export const model = {
  name: 'sum',
  version: '1',
  environment: 'Sum-v0',
  agents: [
    { name: 'a', actuators: ['hip'] },
    { name: 'b', actuators: ['hip'] },
  ],
  spaces: {
    action: { dimension: 1, low: -1, high: 1, unit: '1' },
    state: [
      { name: 'seed', unit: '1' },
      { name: 'sum', unit: '1' },
    ],
  },
  context: 3,
  horizon: 8,
  policy: false,
  start_states: 4,
  examples: [],
  state_deviations: [1, 1],
  body: null,
} as unknown as ModelDetail

export const problem = (code: string, more: object = {}) =>
  new ProblemError({ type: '', title: code, status: 503, code, detail: `it is ${code}`, ...more } as never)
export const lost = () => new ConnectionError('lost', 1006)

interface Begin {
  seed: number
  start?: Start
}

export class FakeServer {
  /** what was asked, in order, and of which session */
  readonly asked: string[] = []
  readonly plans: PlanRequest[] = []
  open = 0
  /** sums of states after which episodes end */
  endsAbove = Number.POSITIVE_INFINITY
  plan: (request: PlanRequest) => Promise<PlanReply> = async () => Promise.reject(problem('no_plan'))
  private readonly failures = new Map<string, Error[]>()
  private held: Promise<void> | undefined
  private sessions = 0

  /** turns of the event loop that calls of a kind take; one if nothing is said */
  readonly takes = new Map<string, number>()

  /** The next calls of a kind fail. */
  fail(kind: string, ...errors: Error[]): void {
    this.failures.set(kind, errors)
  }

  /** Nothing is answered until what is returned is called. */
  hold(): () => void {
    let letGo = () => {}
    this.held = new Promise((resolve) => {
      letGo = () => {
        this.held = undefined
        resolve()
      }
    })
    return letGo
  }

  async answer(kind: string): Promise<void> {
    this.asked.push(kind)
    await this.held
    for (let i = 0; i < (this.takes.get(kind) ?? 1); i++) await turn()
    const error = this.failures.get(kind)?.shift()
    if (error) throw error
  }

  count(kind: string): number {
    return this.asked.filter((one) => one === kind).length
  }

  session(at: readonly number[], steps = 0): FakeSession {
    this.open++
    return new FakeSession(this, `s${++this.sessions}`, [...at], steps)
  }

  get stream(): DimaStream {
    return {
      create: async (begin: Begin) => {
        await this.answer('create')
        return this.session(stateOf(begin))
      },
      restore: async (text: string) => {
        await this.answer('restore')
        const { at, steps } = JSON.parse(text)
        return this.session(at, steps)
      },
      stepMany: async (sessions: FakeSession[], actions: number[][][]) => {
        await this.answer('step_many')
        for (const [i, session] of sessions.entries()) session.move(actions[i]!)
        const all = sessions.map(() => 0)
        return { states: sessions.map(({ at }) => [...at]), rewards: all, terminations: all, errors: [] }
      },
      plan: async (request: PlanRequest) => {
        this.plans.push(request)
        await this.answer('plan')
        return this.plan(request)
      },
      close: () => this.asked.push('close stream'),
    } as unknown as DimaStream
  }
}

const stateOf = ({ seed, start }: Begin): number[] => start?.states.at(-1) ?? [seed, 0]

export class FakeSession {
  readonly agents = ['a', 'b']
  readonly id: string
  at: number[]
  private readonly server: FakeServer
  private steps: number

  constructor(server: FakeServer, id: string, at: number[], steps: number) {
    this.server = server
    this.id = id
    this.at = at
    this.steps = steps
  }

  get state() {
    return { state: [...this.at], committed_step_id: this.steps }
  }

  move(actions: readonly number[][]): void {
    this.at[1]! += actions.flat().reduce((sum, value) => sum + value, 0)
    this.steps++
  }

  async step(actions: number[][]) {
    await this.server.answer('step')
    this.move(actions)
    const terminated = this.at[1]! > this.server.endsAbove
    return { state: [...this.at], reward: 1, termination_probability: 0, terminated, truncated: false }
  }

  async reset(begin: Begin) {
    await this.server.answer('reset')
    this.at = [...stateOf(begin)]
    return this.state
  }

  async snapshot() {
    await this.server.answer('snapshot')
    const { at, steps } = this
    return { snapshot: JSON.stringify({ at, steps }), committed_step_id: steps }
  }

  async fork({ count, seeds }: { count: number; seeds?: number[] }) {
    const [seed, sum] = this.at as [number, number] // as it is when it is asked
    await this.server.answer('fork')
    return Array.from({ length: count }, (_, i) => this.server.session([seeds?.[i] ?? seed, sum]))
  }

  async close() {
    this.server.open--
  }
}
