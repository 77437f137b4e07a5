// Whether a server is still what it was before the fuzzing began, for us and for somebody else.
import type { SessionState } from '../../../src/api/sessions.ts'
import { type Address, type Door, restDoor } from '../door.ts'
import { modelOf } from '../model.ts'
import { readiness } from '../readiness.ts'

/** A server with two keys: ours, and that of somebody else whose sessions nobody should hear of. */
export interface FuzzTarget {
  url: string
  key: string
  strangerKey: string
}

export const STRANGERS = 4

/** Sessions of somebody else, one step on. */
export async function plant({ url, strangerKey }: FuzzTarget): Promise<SessionState[]> {
  const door = restDoor({ url, key: strangerKey })
  const { agents, A } = await modelOf({ url, key: strangerKey })
  const actions = agents.map(() => Array<number>(A).fill(0.1))
  return Promise.all(
    Array.from({ length: STRANGERS }, async (_, seed) => {
      const { session_id } = await door.ask<SessionState>('create', { seed })
      await door.ask('step', { session_id, actions })
      return door.ask<SessionState>('get', { session_id })
    }),
  )
}

/** A function that says what is not as it was at first. */
export async function healthOf({ url, key, strangerKey }: FuzzTarget, strangers: SessionState[]) {
  const door = restDoor({ url, key })
  const theirs = restDoor({ url, key: strangerKey })
  const request = await goodRollout({ url, key })
  const imagine = async () => (await door.ask<{ states: number[][][] }>('rollout', request)).states.flat(2)
  const first = await imagine()
  return async (): Promise<string[]> => {
    const wrong: string[] = []
    if (!(await readiness({ url }))) wrong.push('the server is not ready')
    const again = await imagine().catch((error: unknown) => [String(error)])
    const same = again.every(
      (x, i) => Math.abs(Number(x) - first[i]!) <= 1e-3 * Math.max(1, Math.abs(first[i]!)),
    )
    if (!same || again.length !== first.length)
      wrong.push(`a good rollout gives ${String(again.slice(0, 3))}`)
    for (const before of strangers) wrong.push(...(await changesOf(theirs, before)))
    return wrong
  }
}

async function changesOf(door: Door, before: SessionState): Promise<string[]> {
  const now = await door
    .ask<SessionState>('get', { session_id: before.session_id })
    .catch((error: unknown) => String(error))
  const timeless = (one: unknown) => JSON.stringify({ ...(one as object), expires_at: '' })
  return timeless(now) === timeless(before)
    ? []
    : [`somebody else's session has changed: ${JSON.stringify(now)}`]
}

async function goodRollout(address: Address): Promise<object> {
  const { agents, A, S } = await modelOf(address)
  const joint = agents.map(() => Array<number>(A).fill(0.2))
  return { starts: [{ states: [Array<number>(S).fill(0)] }], actions: [[joint, joint]], seed: 5 }
}
