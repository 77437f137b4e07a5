// How late the event loop is: a blocked loop stalls every reply at once.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Gauge, type Registry } from 'prom-client'

const RESOLUTION_MS = 10

/** Returns what ends the watch. */
export function watchEventLoop(registry: Registry): () => void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  new Gauge({
    name: 'wm_event_loop_delay_seconds',
    help: 'Delay of the event loop since the last scrape',
    labelNames: ['percentile'],
    registers: [registry],
    collect() {
      this.set({ percentile: 'p50' }, lateness(delay.percentile(50)))
      this.set({ percentile: 'p99' }, lateness(delay.percentile(99)))
      this.set({ percentile: 'max' }, lateness(delay.max))
      delay.reset()
    },
  })
  return () => void delay.disable()
}

/** What Node records is the time between two ticks: an idle loop shows the resolution itself. */
const lateness = (nanoseconds: number): number => Math.max(0, nanoseconds - RESOLUTION_MS * 1e6) / 1e9
