// The figures as a person reads them.
import type { Flags } from './flags.ts'
import type { Result } from './measure.ts'
import type { Quantiles } from './summary.ts'

export function print(flags: Flags, result: Result): void {
  const { requestsPerSecond, stepsPerSecond, goodput, stable, windowRates, server } = result
  console.log(`${flags.kind}, ${flags.mode} loop, ${loadOf(flags)}, ${flags.encoding}`)
  console.log(
    `${round(requestsPerSecond)} requests/s, ${round(stepsPerSecond)} imagined joint steps/s` +
      `${stable ? '' : '; NOT STABLE'} (windows: ${windowRates.map(round).join(', ')})`,
  )
  console.log(
    `goodput ${round(goodput.requestsPerSecond)} requests/s within ${goodput.objectiveMs} ms, ` +
      `${round(100 * goodput.share)} % of what was due`,
  )
  console.table({
    'latency ms': rounded(result.latencyMs),
    '  queue': rounded(result.queueMs),
    '  compute': rounded(result.computeMs),
    '  rest of the server': rounded(result.otherMs),
    '  reply, network, generator': rounded(result.outsideMs),
    'sent late ms': rounded(result.lateMs),
  })
  for (const { code, count, p99Ms, retryAfter } of result.errors)
    console.log(
      `${count} x ${code}, p99 ${p99Ms === null ? '-' : round(p99Ms)} ms, ${round(100 * retryAfter)} % with Retry-After`,
    )
  console.log(`writing a reply (HTTP), mean ms: ${figures(server.serializeMs)}`)
  console.log(`mean batch: ${figures(server.meanBatch)}; executors busy: ${figures(server.executorsBusy)}`)
  console.log(`event loop delay of the server, ms: ${figures(server.eventLoopDelayMs)}`)
}

function loadOf({ kind, mode, rate, arrivals, concurrency, rows, sockets }: Flags): string {
  const pace = mode === 'open' ? `${rate} requests/s (${arrivals}) ` : ''
  if (kind === 'rollout') return `${pace}${concurrency} callers of ${rows} rows`
  if (kind === 'session') return `${pace}${concurrency} sessions`
  const slots = kind === 'vector' ? `${concurrency} vectors of ${rows} sessions` : `${concurrency} sessions`
  return `${pace}${slots} on ${sockets} sockets`
}

const figures = (named: Record<string, number>): string =>
  Object.entries(named)
    .map(([name, value]) => `${name} ${round(value)}`)
    .join(', ') || '-'

const rounded = ({ p50, p90, p99, max }: Quantiles): Quantiles => ({
  p50: round(p50),
  p90: round(p90),
  p99: round(p99),
  max: round(max),
})

/** Three significant digits, integers in full. */
const round = (value: number): number =>
  Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3))
