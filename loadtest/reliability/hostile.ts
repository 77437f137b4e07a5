// Clients that a server has to survive. Each function is one visit; none of them says goodbye unless it says so.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import type { Forked, SessionState, Snapshot } from '../../src/api/sessions.ts'
import type { Rng } from '../../src/common/rng.ts'
import { type Address, type Door, Lost, openSocket, Refused, restDoor, socketDoor } from './door.ts'
import { goodUpgrade } from './fuzz/raw.ts'

export interface Visitor {
  address: Address
  rng: Rng
  /** [N, A] */
  action: number[][]
  /** S zeros */
  state: number[]
}

/** Ends abruptly with a step under way. */
export async function vanish({ address, rng, action }: Visitor): Promise<void> {
  const { socket, ask } = await socketDoor(address)
  const { session_id } = await ask<SessionState>('create', {})
  await ask('step', { session_id, actions: action })
  ask('step', { session_id, actions: action }).catch(() => {})
  await after(rng.int(20))
  socket.terminate()
}

/** Upgrades, opens a session, and then neither reads nor answers pings. The connection is the caller's to close. */
export async function halfOpen({ address }: Visitor): Promise<Socket> {
  const { hostname, port } = new URL(address.url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  socket.write(goodUpgrade(address.key ?? ''))
  await once(socket, 'data')
  socket.pause()
  socket.write(textFrame('{"type":"create","id":1}'))
  return socket
}

/** A masked frame whose mask changes nothing. */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload])
}

/** Asks for more than it reads, until it is thrown out. */
export async function readSlowly(visitor: Visitor): Promise<void> {
  const socket = await openSocket(visitor.address)
  socket.pause()
  for (let id = 0; id < 12; id++)
    socket.send(JSON.stringify({ type: 'rollout', id, ...rolloutOf(visitor, 32, 15) }))
  await after(8000)
  socket.terminate()
}

/** Leaves a session behind that it will never ask for again. */
export async function abandon({ address, action }: Visitor): Promise<void> {
  const door = restDoor(address)
  try {
    const { session_id } = await door.ask<SessionState>('create', {})
    for (let i = 0; i < 2; i++) await door.ask('step', { session_id, actions: action })
  } finally {
    door.close()
  }
}

/** Resets, snapshots, restores and forks; closes some of what it made. */
export async function branch({ address, rng, action }: Visitor): Promise<void> {
  const door = rng.int(2) ? restDoor(address) : await socketDoor(address)
  try {
    await branchThrough(door, rng, action)
  } finally {
    door.close()
  }
}

async function branchThrough(door: Door, rng: Rng, action: number[][]): Promise<void> {
  const { session_id } = await door.ask<SessionState>('create', {})
  await door.ask('step', { session_id, actions: action })
  const { snapshot } = await door.ask<Snapshot>('snapshot', { session_id })
  const { sessions } = await door.ask<Forked>('fork', { session_id, count: 4 })
  await door.ask('reset', { session_id, seed: rng.uint32() })
  const restored = await door.ask<SessionState>('restore', { snapshot })
  const all = [...sessions, restored].map((one) => ({ session_id: one.session_id }))
  await Promise.all(all.map((one) => door.ask('step', { ...one, actions: action })))
  for (const one of all.slice(2)) await door.ask('close', one)
}

/** Loses patience with a large rollout. */
export async function giveUp(visitor: Visitor): Promise<void> {
  const { address, rng } = visitor
  const patience = AbortSignal.timeout(5 + rng.int(100))
  const door = restDoor(address)
  try {
    await door.ask('rollout', rolloutOf(visitor, 64, 15), patience)
  } finally {
    door.close()
  }
}

/** The same over a socket: cancels some, and goes away in the middle of a streamed one. */
export async function cancel(visitor: Visitor): Promise<void> {
  const socket = await openSocket(visitor.address)
  const say = (message: object) => socket.send(JSON.stringify(message))
  for (let id = 0; id < 4; id++) say({ type: 'rollout', id, ...rolloutOf(visitor, 16, 15) })
  for (let id = 0; id < 4; id++) say({ type: 'cancel', id: `c${id}`, request_id: id })
  say({ type: 'rollout_stream', id: 'long', ...rolloutOf(visitor, 4, 200) })
  await after(visitor.rng.int(300))
  socket.terminate()
}

/** A hundred sockets at once; every other one is closed politely. */
export async function storm({ address }: Visitor): Promise<void> {
  const opened = await Promise.allSettled(Array.from({ length: 100 }, () => openSocket(address)))
  for (const [i, one] of opened.entries()) {
    if (one.status === 'rejected') continue
    if (i % 2) one.value.close()
    else one.value.terminate()
  }
}

const rolloutOf = ({ state, action }: Visitor, rows: number, horizon: number) => ({
  starts: [{ states: [state] }],
  actions: Array.from({ length: rows }, () => Array.from({ length: horizon }, () => action)), // [B, H, N, A]
})

/** What such clients may meet: a refusal, a broken connection, their own impatience. */
export const isExpected = (error: unknown): boolean =>
  error instanceof Refused || error instanceof Lost || (error as Error).name === 'AbortError'
