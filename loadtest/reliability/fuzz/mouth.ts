// What one caller of the fuzzer says its cases with, and what it knows of the server.
import type { SessionState, Snapshot } from '../../../src/api/sessions.ts'
import { type Address, type Door, Refused, restDoor } from '../door.ts'
import { modelOf } from '../model.ts'
import type { Case } from './cases.ts'
import type { FuzzTarget } from './health.ts'
import type { Known } from './requests.ts'
import { type Answer, FrameSender, httpSender, sendRaw } from './send.ts'

/** Cases after which a caller looks again how its session stands. */
const REFRESH = 10

/** @param unasked is told of what answers nothing */
export function openMouth({ url, key }: FuzzTarget, unasked: (answer: Answer) => void) {
  const address = { url, key }
  const http = httpSender(url)
  const frames = new FrameSender(address, unasked)
  const door = restDoor(address)
  let [asked, known] = [0, undefined as Known | undefined]
  return {
    /** Looked up again now and then: cases change its session, and close it. */
    async known(stranger: string): Promise<Known> {
      if (!known || asked++ % REFRESH === 0) known = await knownOf(door, address, known)
      return { ...known, stranger }
    },
    async say(one: Case): Promise<Answer[]> {
      if (one.kind === 'http') return [await http.send(one)]
      return one.kind === 'frame' ? frames.send(one) : sendRaw(address, one)
    },
    close() {
      http.close()
      frames.close()
    },
  }
}

async function knownOf(door: Door, address: Address, before: Known | undefined): Promise<Known> {
  const model = before ?? (await modelOf(address))
  const session_id = before?.sessionId ?? ''
  const state = await door.ask<SessionState>('get', { session_id }).catch((error: unknown) => {
    if (error instanceof Refused) return door.ask<SessionState>('create', { max_episode_steps: 2 })
    throw error
  })
  const id = { session_id: state.session_id }
  const { snapshot } = await door.ask<Snapshot>('snapshot', id)
  return {
    ...model,
    sessionId: state.session_id,
    nextStep: state.committed_step_id + 1,
    snapshot,
    stranger: '',
  }
}
