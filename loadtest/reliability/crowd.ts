// Everything that one key has in flight at a time: loops that ask again as soon as they are answered, and what they got.
import { setTimeout as after } from 'node:timers/promises'
import { type Door, Refused } from './door.ts'

/** A loop that was refused for want of room asks again at once, as those do who flood a server. */
const RETRY_MS = 50

export interface Crowd {
  /** answers so far, and refusals by code */
  answered: number
  refused: Record<string, number>
  /** performance.now() of the first answer; undefined before it */
  first: number | undefined
  /** Resolves when all loops have ended. */
  stop(): Promise<void>
}

/** `loops` of them; what goes wrong otherwise than by a refusal is thrown by stop(). */
export function crowdOf(loops: number, ask: (loop: number) => Promise<unknown>): Crowd {
  let going = true
  const crowd: Crowd = { answered: 0, refused: {}, first: undefined, stop }
  const loop = async (i: number): Promise<void> => {
    while (going) {
      try {
        await ask(i)
        crowd.first ??= performance.now()
        crowd.answered++
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        const { code, retry_after_ms } = error.problem
        crowd.refused[code] = (crowd.refused[code] ?? 0) + 1
        await after(code === 'rate_limited' ? retry_after_ms : RETRY_MS)
      }
    }
  }
  const running = Array.from({ length: loops }, (_, i) => loop(i))
  const ended = Promise.all(running)
  ended.catch(() => {}) // stop() tells
  async function stop(): Promise<void> {
    going = false
    await ended
  }
  return crowd
}

/** `count` sessions of one key, opened through forks, which cost one request for many. */
export async function openMany(door: Door, count: number): Promise<string[]> {
  const { session_id } = await door.ask<{ session_id: string }>('create', { autoreset: 'next_step' })
  const ids = [session_id]
  while (ids.length < count) {
    const wanted = Math.min(256, count - ids.length)
    const { sessions } = await door.ask<{ sessions: { session_id: string }[] }>('fork', {
      session_id,
      count: wanted,
    })
    ids.push(...sessions.map((session) => session.session_id))
  }
  return ids
}
