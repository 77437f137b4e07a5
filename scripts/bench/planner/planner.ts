// npm run bench:planner: how long a plan takes over HTTP, one client asking for one after the other, by method and size.
import { loadavg } from 'node:os'
import Type, { type Static } from 'typebox'
import { type Row, record, significant } from '../../../loadtest/record.ts'
import { withServers } from '../../../loadtest/serving/start-server.ts'

import { DimaClient } from '../../../src/client/client.ts'
import type { PlanRequest } from '../../../src/client/types.ts'
import { runCommand } from '../../../src/common/command.ts'
import { median } from '../../../src/common/statistics.ts'

/** None goes on from another: a warm start takes no longer, and its elites would differ from plan to plan. */
const SETTINGS: Record<string, PlanRequest> = {
  'icem, 24 x 2, H 10, no policy': { population: 24, iterations: 2, horizon: 10, prior: 0 },
  'icem, 40 x 3, H 15, no policy': { population: 40, horizon: 15, prior: 0 },
  'the default: icem, 48 x 3, H 12, policy and value': {},
  'random shooting, 256, H 15': { population: 256, iterations: 1, elites: 1, horizon: 15, prior: 0 },
  'mppi, 512 x 6, H 3': { method: 'mppi' },
  'cem, 350 x 5, H 15': { method: 'cem' },
}

const Flags = Type.Object(
  {
    models: Type.String({ default: 'models', description: 'models folder' }),
    model: Type.String({ default: '', description: 'default: the one that requests without a name mean' }),
    plans: Type.Integer({
      default: 9,
      minimum: 1,
      description: 'of each setting, after one that does not count',
    }),
    out: Type.String({ default: 'bench/planner-times.json', description: 'where to write the figures' }),
  },
  { additionalProperties: false },
)
type Flags = Static<typeof Flags>

async function main({ models, model, plans, out }: Flags): Promise<void> {
  const load = significant(loadavg()[0]!)
  await withServers({ server: { settings: { MODELS: models } } }, async ({ server }) => {
    const client = new DimaClient(server.url)
    const rows: Row[] = []
    const { state: atRest, session_id } = await client.sessions.create(model ? { model } : {})
    await client.sessions.close(session_id)
    for (const [setting, fields] of Object.entries(SETTINGS)) {
      const request = { start: { states: [atRest] }, ...fields, ...(model ? { model } : {}) }
      const { ms, imagined_steps } = await timed(client, request, plans)
      rows.push({
        setting,
        'imagined steps': imagined_steps,
        ms: significant(median(ms)),
        'longest ms': significant(Math.max(...ms)),
        'plans a second': significant(1000 / median(ms)),
      })
    }
    record(out, { plans, load, notes: 'one client; the server has an executor for each core' }, rows)
  })
}

async function timed(client: DimaClient, request: PlanRequest, plans: number) {
  const ms: number[] = []
  let steps = 0
  for (let seed = 0; seed <= plans; seed++) {
    const began = performance.now()
    const { imagined_steps } = await client.plan({ ...request, seed })
    if (seed > 0) ms.push(performance.now() - began)
    steps = imagined_steps
  }
  return { ms, imagined_steps: steps }
}

runCommand('bench:planner', Flags, main)
