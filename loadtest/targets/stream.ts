// Steps over /v1/stream: single steps of many sessions on a few sockets, or vectorised ones.
import { type Answer, failed, type Target } from '../target.ts'
import { framesOf } from './frames.ts'
import { inTurns } from './in-turns.ts'
import { describeModel } from './model.ts'
import { openRest, type Server } from './rest.ts'
import { deadline } from './rollout.ts'
import { sessionOptions } from './session.ts'
import { openSocket, type Reply, type Socket } from './socket.ts'

export interface StreamLoad {
  model: string
  /** sessions, or vectors of them */
  slots: number
  /** sessions of a vector; undefined: single steps */
  rows?: number
  sockets: number
  deadlineMs?: number
}

/** Session messages of a socket under way while sessions are made and closed. */
const AT_ONCE = 64

export async function openStream(
  server: Server,
  { model, slots, rows, sockets, deadlineMs }: StreamLoad,
): Promise<Target> {
  const rest = openRest(server)
  const served = await describeModel(rest, model)
  rest.close()
  const opened = await inTurns(Math.min(sockets, slots), AT_ONCE, () => openSocket(server))
  const socketOf = (slot: number) => opened[slot % opened.length]!
  const each = rows ?? 1
  const ids = await inTurns(slots * each, AT_ONCE, async (i) => {
    const create = { type: 'create', ...sessionOptions(served.reference, i) }
    return (await socketOf(Math.floor(i / each)).call(create)).session_id!
  })
  const frames = Array.from({ length: slots }, (_, slot) => {
    const own = ids.slice(slot * each, (slot + 1) * each)
    const fields =
      rows === undefined ? { type: 'step', session_id: own[0] } : { type: 'step_many', session_ids: own }
    return framesOf(served, server.encoding, { ...fields, ...deadline(deadlineMs) }, rows)
  })
  return {
    slots,
    send(slot, done) {
      const socket = socketOf(slot)
      socket.send(frames[slot]!, (reply) => {
        restart(socket, reply, ids[slot * each]!)
        done(answerTo(reply, each))
      })
    },
    async close() {
      const close = (i: number) => socketOf(Math.floor(i / each)).call({ type: 'close', session_id: ids[i] })
      await inTurns(ids.length, AT_ONCE, (i) => close(i).catch(() => {}))
      for (const socket of opened) socket.close()
    },
  }
}

/** A trajectory that has left what the model knows begins anew; a step that is sent meanwhile comes after it. */
function restart(socket: Socket, { problem, errors = [] }: Reply, own: string): void {
  const diverged = errors.filter(({ code }) => code === 'diverged').map(({ session_id }) => session_id)
  if (problem?.code === 'diverged') diverged.push(own)
  for (const session_id of diverged) socket.call({ type: 'reset', session_id }).catch(() => {})
}

/** A vector in which a row failed counts as that failure; its other rows are steps all the same. */
function answerTo({ type, problem, timing, errors = [] }: Reply, steps: number): Answer {
  if (type !== 'reply' || !timing) return failed(problem?.code ?? 'lost')
  return {
    code: errors[0]?.code ?? 'ok',
    steps: steps - errors.length,
    queueMs: timing.queue_ms,
    computeMs: timing.compute_ms,
    totalMs: timing.total_ms,
  }
}
