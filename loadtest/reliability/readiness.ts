// Whether a server says that it is ready, and when it stops and starts again to say so.
import { setTimeout as after } from 'node:timers/promises'

const LOOK_MS = 10

export async function readiness({ url }: { url: string }): Promise<boolean> {
  const reply = await fetch(`${url}/v2/health/ready`)
  await reply.arrayBuffer()
  if (reply.status !== 200 && reply.status !== 503) throw new Error(`readiness has status ${reply.status}`)
  return reply.status === 200
}

/** Resolves with when readiness went off and was on again, in milliseconds after `from`, performance.now(). */
export async function offAndOn(
  server: { url: string },
  from: number,
  mostMs: number,
): Promise<{ offMs: number; onMs: number }> {
  const wait = async (wanted: boolean): Promise<number> => {
    for (;;) {
      const ready = await readiness(server)
      const passed = Math.round(performance.now() - from)
      if (ready === wanted) return passed
      if (passed > mostMs) throw new Error(`readiness stays ${wanted ? 'off' : 'on'}`)
      await after(LOOK_MS)
    }
  }
  const offMs = await wait(false)
  return { offMs, onMs: await wait(true) }
}
