// POST /v1/sessions/{id}/step: every slot is a live session.
import type { SessionState } from '../../src/api/sessions.ts'
import type { Answer, Target } from '../target.ts'
import { encode, tensorOf } from './encode.ts'
import { inTurns } from './in-turns.ts'
import { describeModel } from './model.ts'
import { openRest, type Rest, type Server } from './rest.ts'

export interface SessionLoad {
  model: string
  sessions: number
}

/** As a controller would have it: an episode that ends is followed by the next. */
export const sessionOptions = (model: string, seed: number) => ({
  model,
  seed,
  autoreset: 'same_step',
  max_episode_steps: 1000,
})

/** Different bodies that all sessions share. */
const BODIES = 256
const AT_ONCE = 32

export async function openSessionSteps(server: Server, { model, sessions }: SessionLoad): Promise<Target> {
  const rest = openRest(server)
  const served = await describeModel(rest, model)
  const ids = await inTurns(sessions, AT_ONCE, (seed) =>
    rest
      .call<SessionState>('POST', '/v1/sessions', sessionOptions(served.reference, seed))
      .then(({ session_id }) => session_id),
  )
  const bodies = Array.from({ length: BODIES }, () =>
    encode({ actions: tensorOf(served.actions(1), served.joint, server.encoding) }, server.encoding),
  )
  let next = 0
  return {
    slots: sessions,
    send(slot, done) {
      const path = `/v1/sessions/${ids[slot]}`
      rest.post(`${path}/step`, bodies[next++ % BODIES]!, 1, (answer) => restart(rest, path, answer, done))
    },
    async close() {
      await inTurns(sessions, AT_ONCE, (i) => rest.call('DELETE', `/v1/sessions/${ids[i]}`).catch(() => {}))
      rest.close()
    },
  }
}

/** A trajectory that has left what the model knows begins anew, so that one does not fail for the rest of the run. */
function restart(rest: Rest, path: string, answer: Answer, done: (answer: Answer) => void): void {
  if (answer.code !== 'diverged') done(answer)
  else
    void rest
      .call('POST', `${path}/reset`, {})
      .catch(() => {})
      .then(() => done(answer))
}
