// One joint step of each of several sessions. Where the server stands at an older step of some, as after a store has lost some,
// these take theirs again, and then all are asked once more: what is taken already is answered as it was.
import type { Exchange } from './exchange.ts'
import type { StreamSession } from './stream-session.ts'
import type { Policy, StepManyReply } from './types.ts'

export interface StepManyOptions {
  policy?: Policy
  deadline_ms?: number
}

/** @param actions [M, N, A]; undefined where a policy acts for all */
export async function stepMany(
  exchange: Exchange,
  sessions: readonly StreamSession[],
  actions: number[][][] | undefined,
  options: StepManyOptions = {},
): Promise<StepManyReply> {
  const begun = sessions.map((session, row) => session.beginStep(actions?.[row], options).step_id)
  const fields = { session_ids: sessions.map(({ id }) => id), actions, step_ids: begun, ...options }
  const ask = () => exchange.ask<StepManyReply>('step_many', fields)
  try {
    const first = await ask()
    const lost = first.errors.filter(({ code }) => code === 'step_out_of_order')
    const back = await Promise.all(lost.map(({ index }) => sessions[index]!.takeAgainUpTo(begun[index]!)))
    const reply = back.includes(true) ? await ask() : first
    for (const [row, session] of sessions.entries()) session.steps.committed(reply.committed_step_ids[row]!)
    return reply
  } finally {
    for (const session of sessions) session.steps.end()
  }
}
