// What the server's own metrics say about the time between two looks at them.

/** Values by `name{labels}`. */
export type Scrape = ReadonlyMap<string, number>

export interface ServerFigures {
  /** mean milliseconds of writing a reply over HTTP, by format */
  serializeMs: Record<string, number>
  /** mean rows of an execution, by kind of work */
  meanBatch: Record<string, number>
  /** executors' seconds of computing per second, by kind of work */
  executorsBusy: Record<string, number>
  /** since the first look, if nobody else looked */
  eventLoopDelayMs: Record<string, number>
}

export async function scrape(url: string, key?: string): Promise<Scrape> {
  const reply = await fetch(`${url}/metrics`, { headers: key ? { authorization: `Bearer ${key}` } : {} })
  if (!reply.ok) throw new Error(`GET /metrics was answered with ${reply.status}`)
  return parseMetrics(await reply.text())
}

export function parseMetrics(text: string): Scrape {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}

export function figuresBetween(before: Scrape, after: Scrape, seconds: number): ServerFigures {
  const grown = (name: string, label: string) => growth(before, after, name, label)
  const serializeSum = grown('wm_serialize_duration_seconds_sum', 'format')
  const rows = grown('wm_inference_total', 'kind')
  return {
    serializeMs: over(serializeSum, grown('wm_serialize_duration_seconds_count', 'format'), 1000),
    meanBatch: over(rows, grown('wm_execution_total', 'kind'), 1),
    executorsBusy: mapValues(grown('wm_execution_seconds_total', 'kind'), (busy) => busy / seconds),
    eventLoopDelayMs: mapValues(
      sums(after, 'wm_event_loop_delay_seconds', 'percentile'),
      (delay) => 1000 * delay,
    ),
  }
}

type Figures = Record<string, number>

/** By one label, over all others. */
function sums(scraped: Scrape, name: string, label: string): Figures {
  const found: Figures = {}
  for (const [series, value] of scraped) {
    if (!series.startsWith(`${name}{`)) continue
    const key = new RegExp(`[{,]${label}="([^"]*)"`).exec(series)?.[1]
    if (key !== undefined) found[key] = (found[key] ?? 0) + value
  }
  return found
}

function growth(before: Scrape, after: Scrape, name: string, label: string): Figures {
  const first = sums(before, name, label)
  return mapValues(sums(after, name, label), (value, key) => value - (first[key] ?? 0))
}

const over = (sum: Figures, counts: Figures, scale: number): Figures =>
  Object.fromEntries(
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([key, count]) => [key, (scale * sum[key]!) / count]),
  )

const mapValues = (figures: Figures, change: (value: number, key: string) => number): Figures =>
  Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, change(value, key)]))
