// npm run loadtest: closed loop against a running server. `concurrency` callers post a model's example rollout again
// and again; prints rate and latency with the server's own split into queue and compute.
import Type, { type Static } from 'typebox'
import { DimaClient, type RolloutRequest } from '../src/client/client.ts'
import { runCommand } from '../src/common/command.ts'
import { DimaError } from '../src/common/errors.ts'

const Flags = Type.Object(
  {
    url: Type.String({ default: 'http://127.0.0.1:8080', description: 'server; a loopback address' }),
    model: Type.String({ default: 'halfcheetah-2x3', description: 'name, name@version or name@label' }),
    concurrency: Type.Integer({ default: 4, minimum: 1, description: 'callers' }),
    rows: Type.Integer({ default: 16, minimum: 1, description: 'rows of a request' }),
    seconds: Type.Integer({ default: 10, minimum: 1, maximum: 600, description: 'how long' }),
  },
  { additionalProperties: false },
)

interface Sample {
  latencyMs: number
  queueMs: number
  computeMs: number
}

/** Only this machine is ever loaded. */
function assertLoopback(url: string): void {
  const { hostname } = new URL(url)
  if (['localhost', '127.0.0.1', '[::1]'].includes(hostname)) return
  throw new DimaError('invalid_config', `${hostname} is not this machine`, { field: 'url' })
}

/** The model's first example with its actions repeated. */
async function requestOf(client: DimaClient, model: string, rows: number): Promise<RolloutRequest> {
  const [example] = (await client.model(model)).examples as {
    starts: RolloutRequest['starts']
    actions: number[][][][]
  }[]
  if (!example) throw new DimaError('unknown_model', `${model} brings no examples`)
  return {
    model,
    starts: example.starts,
    actions: Array.from({ length: rows }, () => example.actions[0]!),
    seed: 1,
  }
}

async function caller(client: DimaClient, request: RolloutRequest, until: number): Promise<Sample[]> {
  const samples: Sample[] = []
  while (performance.now() < until) {
    const began = performance.now()
    const { timing } = await client.rollout(request)
    const latencyMs = performance.now() - began
    samples.push({ latencyMs, queueMs: timing.queue_ms, computeMs: timing.compute_ms })
  }
  return samples
}

function quantiles(values: number[]): Record<string, number> {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (q: number) =>
    Number(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!.toFixed(1))
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) }
}

async function main({ url, model, concurrency, rows, seconds }: Static<typeof Flags>): Promise<void> {
  assertLoopback(url)
  const client = new DimaClient(url)
  const request = await requestOf(client, model, rows)
  await client.rollout(request) // warm-up
  const began = performance.now()
  const until = began + 1000 * seconds
  const samples = (
    await Promise.all(Array.from({ length: concurrency }, () => caller(client, request, until)))
  ).flat()
  const took = (performance.now() - began) / 1000
  const steps = samples.length * rows * request.actions[0]!.length
  console.log(`${samples.length} requests of ${rows} rows by ${concurrency} callers in ${took.toFixed(1)} s`)
  console.log(
    `${(samples.length / took).toFixed(1)} requests/s, ${Math.round(steps / took)} imagined joint steps/s`,
  )
  console.table({
    'latency ms': quantiles(samples.map(({ latencyMs }) => latencyMs)),
    'queue ms': quantiles(samples.map(({ queueMs }) => queueMs)),
    'compute ms': quantiles(samples.map(({ computeMs }) => computeMs)),
  })
}

runCommand('loadtest', Flags, main)
