// npm run bench:frames: what a step message costs the main process that is served, and that is refused because the queue
// is full: real frames, sessions and replies, without network, executors and engine. Served and refused take turns.
import { EventEmitter } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { pino } from 'pino'
import Type from 'typebox'
import { record, significant } from '../../../loadtest/record.ts'
import { runCommand } from '../../../src/common/command.ts'
import { DimaError } from '../../../src/common/errors.ts'
import { median } from '../../../src/common/statistics.ts'
import { openSessions } from '../../../src/inference/live/sessions.ts'
import type { Runner } from '../../../src/inference/runner.ts'
import type { Bundle } from '../../../src/registry/load.ts'
import { Repository } from '../../../src/registry/repository.ts'
import { staticCatalog } from '../../../src/server/catalog.ts'
import { appConfig } from '../../../src/server/config.ts'
import { createMetrics } from '../../../src/server/metrics/metrics.ts'
import { OPERATION } from '../../../src/server/operations/table.ts'
import { Slots } from '../../../src/server/slots.ts'
import { Connection } from '../../../src/server/stream/connection.ts'
import type { Opened, StreamContext } from '../../../src/server/stream/context.ts'
import { Crowds } from '../../../src/server/stream/crowds.ts'
import { Turns } from '../../../src/server/turns.ts'
import { Decoder } from '../../../src/server/wire/decoder.ts'
import { encodeMsgpack } from '../../../src/server/wire/msgpack.ts'
import { WireTensor } from '../../../src/server/wire/tensor.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import { lettersOf } from '../../../src/worlds/world.ts'
import { chooseBundle, modelFlags } from '../model.ts'

const Flags = Type.Object(
  {
    ...modelFlags,
    frames: Type.Integer({ default: 20_000, minimum: 100, description: 'in a turn' }),
    rounds: Type.Integer({ default: 7, minimum: 1, description: 'turns of each, after one to warm up' }),
    out: Type.String({ default: 'bench/frames.json', description: 'where to write the figures' }),
  },
  { additionalProperties: false },
)

/** As many as a socket may have unanswered. */
const PIPELINE = 32
const OWNER = 'bench'

/** Answers at once, or is full. */
function stubRunner({ manifest }: Bundle, full: () => boolean): Runner {
  const { L, S, N, O } = lettersOf(manifest)
  const observations = new Float32Array(N * O)
  return {
    rollout: () => Promise.reject(new Error('no rollout is asked for')),
    act: () => Promise.reject(new Error('no policy is asked')),
    begin: async () => ({ observations, carried: new Float32Array(L * S) }),
    step: async () => {
      if (full()) throw new DimaError('overloaded', 'too much work is waiting', { crowded: true })
      const numbers = { reward: 1, terminationProbability: 0, queueMs: 1, computeMs: 1, batch: 64 }
      const [carried, state] = [new Float32Array(S), new Float64Array(S)]
      return { ...numbers, carried, state, observations: new Float32Array(N * O), terminated: false }
    },
  }
}

/** A socket that nobody is at the other end of. */
function openConnection(bundle: Bundle, full: () => boolean) {
  const catalog = staticCatalog(new Repository([bundle]), KINDS)
  const runner = stubRunner(bundle, full)
  const settings = { capacity: 1, capacityPerOwner: 1, idleTimeoutMs: 0, pendingPerSession: 2 * PIPELINE }
  const sessions = openSessions(runner, KINDS, settings)
  const metrics = createMetrics({ catalog, sessions: () => sessions.stats(), version: '0' })
  const limits = { batch: 1, streamHorizon: 1, outOfRange: 'clip' as const }
  const draining = { refuse: () => {} } as unknown as StreamContext['context']['draining']
  const context = {
    ...{ catalog, runner, sessions, metrics, limits, draining },
    streams: new Slots(1, 1),
    device: 'cpu' as const,
  }
  let sent = 0
  const socket = Object.assign(new EventEmitter(), {
    ...{ OPEN: 1, readyState: 1, bufferedAmount: 0, protocol: '' },
    ...{ send: () => void sent++, pause: () => {}, resume: () => {} },
  })
  const connection = Object.assign(new EventEmitter(), { cork: () => {}, uncork: () => {}, bytesRead: 0 })
  const caller = { owner: OWNER, scopes: new Set(['read', 'session']), active: () => true }
  const opened = { socket, connection, caller, id: 'bench', log: pino({ level: 'silent' }) }
  const parts = { operations: OPERATION, config: appConfig(), charge: () => {}, decoder: new Decoder() }
  const stream = { ...parts, context, turns: new Turns(), crowds: new Crowds() }
  new Connection(stream, opened as unknown as Opened, () => {})
  return { sessions, receive: (frame: Buffer) => socket.emit('message', frame, true), sent: () => sent }
}

async function main({ frames: count, rounds, out, ...flags }: Type.Static<typeof Flags>): Promise<void> {
  const bundle = await chooseBundle(flags)
  const { N, A, S } = lettersOf(bundle.manifest)
  let full = false
  const { sessions, receive, sent } = openConnection(bundle, () => full)
  const start = { states: new Float64Array(S), actions: new Float32Array(0) }
  const options = { start, maxEpisodeSteps: null, autoreset: 'disabled' as const, seed: 1 }
  const choice = KINDS.table[bundle.manifest.kind]!.choices.every(bundle.manifest)[0]
  const { id: session_id } = await sessions.create(OWNER, {
    ...options,
    model: { bundle, starts: [] },
    choice,
  })
  const actions = new WireTensor(new Float32Array(N * A), [N, A])
  const frames = Array.from({ length: count }, (_, id) =>
    Buffer.from(encodeMsgpack({ type: 'step', id, session_id, actions })),
  )
  const turn = async (): Promise<number> => {
    const before = process.cpuUsage()
    for (let from = 0; from < count; from += PIPELINE) {
      const until = sent() + Math.min(PIPELINE, count - from)
      for (let i = from; i < Math.min(count, from + PIPELINE); i++) receive(frames[i]!)
      while (sent() < until) await nextTurn()
    }
    const { user, system } = process.cpuUsage(before)
    return (user + system) / count
  }
  const costs = { served: [] as number[], refused: [] as number[] }
  for (let round = 0; round <= rounds; round++)
    for (const name of ['served', 'refused'] as const) {
      full = name === 'refused'
      const micros = await turn()
      if (round > 0) costs[name].push(micros)
    }
  const [served, refused] = [median(costs.served), median(costs.refused)]
  record(out, { notes: { statistic: `median of ${rounds} turns of ${count} frames, msgpack` } }, [
    { measure: 'a step that is served', value: significant(served), unit: 'us of processor time' },
    { measure: 'a step that is refused', value: significant(refused), unit: 'us of processor time' },
    { measure: 'refused / served', value: significant(refused / served), unit: 'ratio' },
  ])
  process.exit(0)
}

runCommand('bench:frames', Flags, main)
