// Round trips one after the other for a moment, on an event loop that is idle or has other things to do.
import { performance } from 'node:perf_hooks'
import { type Quantiles, quantilesOf } from '../summary.ts'
import type { Channel } from './channels.ts'
import { copyOf, type Payload } from './payload.ts'

export interface RoundTrips {
  ms: Quantiles
  /** milliseconds that the event loop was busy for each */
  loopMs: number
}

/** @param payload copied for each, and not on the clock: a server gathers every batch anew */
export async function roundTrips(
  channel: Channel,
  kind: string,
  payload: Payload,
  forMs: number,
): Promise<RoundTrips> {
  const times: number[] = []
  let copying = 0
  const idle = performance.eventLoopUtilization()
  const until = performance.now() + forMs
  while (performance.now() < until) {
    const before = performance.now()
    const own = copyOf(payload)
    const began = performance.now()
    copying += began - before
    await channel.ask(kind, own)
    times.push(performance.now() - began)
  }
  const { active } = performance.eventLoopUtilization(idle)
  return { ms: quantilesOf(times), loopMs: (active - copying) / times.length }
}

/** Keeps the event loop busy half of the time, a millisecond at a time, until it is told to stop. */
export function otherWork(): () => void {
  const text = JSON.stringify(Array.from({ length: 200 }, (_, i) => ({ i, x: Math.sin(i) })))
  const timer = setInterval(() => {
    const until = performance.now() + 1
    while (performance.now() < until) JSON.parse(text)
  }, 2)
  return () => clearInterval(timer)
}
