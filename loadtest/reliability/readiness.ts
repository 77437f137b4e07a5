// Whether a server says that it is ready, and when it lacks an executor and has all of them again.
import { setTimeout as after } from 'node:timers/promises'
import type { Health } from '../../src/api/health.ts'

const LOOK_MS = 10

export async function readiness({ url }: { url: string }): Promise<boolean> {
  const reply = await fetch(`${url}/v2/health/ready`)
  await reply.arrayBuffer()
  if (reply.status !== 200 && reply.status !== 503) throw new Error(`readiness has status ${reply.status}`)
  return reply.status === 200
}

/** Whether all of its executors work. It is ready as long as one does. */
async function atFullStrength({ url }: { url: string }): Promise<boolean> {
  const { executors } = (await (await fetch(`${url}/healthz`)).json()) as Health
  return executors.ready === executors.total
}

/** Resolves with when an executor was missed and none was any more, in milliseconds after `from`, performance.now(). */
export async function offAndOn(
  server: { url: string },
  from: number,
  mostMs: number,
): Promise<{ offMs: number; onMs: number }> {
  const wait = async (wanted: boolean): Promise<number> => {
    for (;;) {
      const ready = await atFullStrength(server)
      const passed = Math.round(performance.now() - from)
      if (ready === wanted) return passed
      if (passed > mostMs) throw new Error(`executors ${wanted ? 'are missing' : 'are never missed'}`)
      await after(LOOK_MS)
    }
  }
  const offMs = await wait(false)
  return { offMs, onMs: await wait(true) }
}
