// Schedules of faults: two servers share a store and a client steps one session at either of them, repeating what was not
// answered, while calls of the store pause, are lost or lose their answers, others take the session, and the store loses what
// it was told. No timers and no I/O, so that a schedule is a function of its number.
import { DimaError } from '../../../../src/common/errors.ts'
import { Rng } from '../../../../src/common/rng.ts'
import { SharedSessions } from '../../../../src/inference/live/shared-sessions.ts'
import type { SessionStore } from '../../../../src/inference/live/store/store.ts'
import type { StepAnswer } from '../../../../src/inference/live/types.ts'
import { KINDS } from '../../../../src/worlds/kinds.ts'
import { fakeRunner } from '../../fake-runner.ts'
import { actionOf, modelOf, OPTIONS, SETTINGS, SIZES } from '../fixture.ts'
import { MemoryStore } from './memory-store.ts'

const STEPS = 6
/** What a client does again: it was not done, or whether it was is not known. */
const AGAIN = new Set(['session_store', 'session_moved', 'session_busy'])
const MODEL = modelOf()
const actions = Array.from({ length: STEPS }, (_, i) => actionOf(i))

export interface Outcome {
  /** of every step, in the order in which they came; the same step may have several */
  answers: StepAnswer[]
  /** what could not be, in words */
  faults: string[]
  /** how often the store went back */
  rollbacks: number
}

/** Whatever is to come goes wrong now and then. */
function faulty(store: MemoryStore, rng: Rng): SessionStore {
  const pause = async () => {
    const ticks = rng.int(rng.int(8) === 0 ? 60 : 4)
    for (let i = 0; i < ticks; i++) await Promise.resolve()
  }
  const lost = () => new DimaError('session_store', 'lost')
  const through = async <T>(work: () => Promise<T>): Promise<T> => {
    await pause()
    const fate = rng.int(12)
    if (fate === 0) throw lost()
    if (fate === 1) {
      void pause().then(work) // it arrives late, and nobody hears of it
      throw lost()
    }
    const result = await work()
    await pause()
    if (fate === 2) throw lost()
    return result
  }
  return {
    epochOf: () => store.epoch,
    lostMs: 0,
    create: (id, record) => store.create(id, record),
    peek: (id) => through(() => store.peek(id)),
    claim: (...given) => through(() => store.claim(...given)),
    commit: (...given) => through(() => store.commit(...given)),
    check: (...given) => through(() => store.check(...given)),
    end: (...given) => through(() => store.end(...given)),
    touch: (ids) => store.touch(ids),
    close: () => {},
  }
}

/** @param rolledBack whether the store may lose its latest writes */
export async function runSchedule(number: number, rolledBack: boolean): Promise<Outcome> {
  const rng = new Rng('schedule', number)
  const store = new MemoryStore()
  const servers = [0, 1].map(
    (i) =>
      new SharedSessions(
        fakeRunner(SIZES),
        KINDS,
        { ...SETTINGS, idleTimeoutMs: 0 },
        { store: faulty(store, new Rng('faults', number, i)), find: () => MODEL },
      ),
  )
  const any = () => servers[rng.int(2)]!
  const outcome: Outcome = { answers: [], faults: [], rollbacks: 0 }
  const { id } = await servers[0]!.create('me', { ...OPTIONS, model: MODEL })
  let stop = false
  let saved = new Map(store.records)
  const goBack = () => {
    store.records = saved
    store.epoch += '!'
    outcome.rollbacks++
  }
  const meddle = async () => {
    while (!stop) {
      for (let i = rng.int(30); i >= 0; i--) await Promise.resolve()
      const deed = rng.int(rolledBack ? 12 : 8)
      if (deed < 4) await look(any(), id)
      else if (deed === 8) saved = new Map(store.records)
      else if (deed === 9) goBack()
    }
  }
  const meddling = meddle()
  await stepAll(any, id, outcome)
  stop = true
  await meddling
  for (const server of servers) server.closeAll()
  return outcome
}

async function look(server: SharedSessions, id: string): Promise<void> {
  await server.bring('me', id, true)?.catch(() => {})
}

/** Goes on from where the server says that the session stands, as clients do. */
async function stepAll(any: () => SharedSessions, id: string, outcome: Outcome): Promise<void> {
  for (let stepId = 1, tries = 0; stepId <= STEPS; ) {
    if (++tries > 2000) return void outcome.faults.push('no end')
    try {
      const server = any()
      await server.bring('me', id)
      outcome.answers.push(await server.step('me', id, actions[stepId - 1]!, { stepId }))
      stepId++
    } catch (error) {
      if (!(error instanceof DimaError)) throw error
      const { code, details } = error
      const expected = Number(details.expected)
      // Where it stands further on, the answer of its last step is to be had still.
      if (code === 'step_out_of_order') stepId = expected > stepId ? expected - 1 : expected
      else if (!AGAIN.has(code)) outcome.faults.push(`${code}: ${error.message}`)
      if (code === 'step_out_of_order' && outcome.rollbacks === 0) outcome.faults.push(error.message)
    }
  }
}
