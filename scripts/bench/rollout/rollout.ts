// npm run bench:rollout: imagined joint steps per second, of the bare engine, the simulator and the HTTP server.

import type { AddressInfo } from 'node:net'
import Type from 'typebox'
import { type Row, record, significant } from '../../../loadtest/record.ts'
import { runCommand } from '../../../src/common/command.ts'
import { median } from '../../../src/common/statistics.ts'
import { POLICIES } from '../../../src/engine/device.ts'
import { deviceFlag } from '../../../src/engine/device-flag.ts'
import { startExecutorPool } from '../../../src/inference/executors/pool.ts'
import type { Sessions } from '../../../src/inference/live/types.ts'
import type { Bundle } from '../../../src/registry/load.ts'
import { Repository } from '../../../src/registry/repository.ts'
import { buildApp } from '../../../src/server/app.ts'
import { staticCatalog } from '../../../src/server/catalog.ts'
import { PLANS, type PlanName } from '../../../src/worlds/dima/serve/manifest.ts'
import { asDima } from '../../../src/worlds/dima/serve/spec.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import { chooseBundle, modelFlags } from '../model.ts'
import { openEngine, randomRollout, requestBody } from './workload.ts'

const BATCHES = [1, 64, 600]
/** Rollouts of one row take milliseconds, so more of them are timed. */
const SHORT = 5

const Flags = Type.Object(
  {
    ...modelFlags,
    ...deviceFlag,
    repeats: Type.Integer({
      default: 5,
      minimum: 1,
      description: `rollouts to time; ${SHORT} times as many of one row`,
    }),
    out: Type.String({ default: 'bench/rollout.json', description: 'where to write the figures' }),
  },
  { additionalProperties: false },
)
type Flags = Type.Static<typeof Flags>

/** The server as it is started by main.ts, on a free port of the loopback. */
async function openServer(bundle: Bundle, { device }: Flags) {
  const logger = {
    info: () => {},
    error: (details: object, message: string) => console.error(message, details),
  }
  const pool = await startExecutorPool({
    kinds: KINDS,
    bundles: [bundle],
    on: { device, cards: [0], policy: POLICIES[device] },
    executors: POLICIES[device].executors,
    logger,
  })
  const config = {
    BODY_LIMIT_BYTES: 64 * 1024 * 1024,
    MAX_STREAM_HORIZON: 1,
    MAX_BATCH: Math.max(...BATCHES),
  }
  const app = buildApp({
    catalog: staticCatalog(new Repository([bundle]), KINDS),
    runner: pool,
    sessions: {} as Sessions, // none is opened
    config,
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/rollout`
  return {
    async post(body: string): Promise<void> {
      const reply = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      const text = await reply.text()
      if (!reply.ok) throw new Error(text)
    },
    close: async () => {
      await app.close()
      await pool.close()
    },
  }
}

type Variants = Record<'raw' | 'simulator' | 'http', () => Promise<unknown>>

/** Median seconds of each variant; they take turns, so that all meet the same load. */
async function interleave(variants: Variants, repeats: number): Promise<Record<keyof Variants, number>> {
  const names = Object.keys(variants) as (keyof Variants)[]
  const times = { raw: [] as number[], simulator: [] as number[], http: [] as number[] }
  for (let i = 0; i <= repeats; i++) {
    for (const name of names) {
      const began = performance.now()
      await variants[name]()
      if (i > 0) times[name].push((performance.now() - began) / 1000) // the first round is the warm-up
    }
  }
  return { raw: median(times.raw), simulator: median(times.simulator), http: median(times.http) }
}

async function bench(bundle: Bundle, plans: readonly PlanName[], flags: Flags): Promise<Row[]> {
  const { device, repeats } = flags
  const [engine, server] = [await openEngine(bundle, device), await openServer(bundle, flags)]
  const rows: Row[] = []
  for (const plan of plans) {
    for (const batch of BATCHES) {
      console.error(`${plan} ${batch}`)
      const rollout = randomRollout(asDima(bundle.manifest), plan, batch)
      const [calls, body] = [await engine.callsOf(rollout), requestBody(bundle, rollout)]
      const variants: Variants = {
        raw: () => engine.raw(calls),
        simulator: () => engine.simulator.rollout(rollout),
        http: () => server.post(body),
      }
      const seconds = await interleave(variants, batch === 1 ? repeats * SHORT : repeats)
      const rate = (name: keyof Variants) => significant((batch * rollout.horizon) / seconds[name])
      rows.push({
        plan,
        batch,
        engineCalls: calls.length,
        rawStepsPerSecond: rate('raw'),
        simulatorStepsPerSecond: rate('simulator'),
        httpStepsPerSecond: rate('http'),
        httpMs: significant(seconds.http * 1000),
        simulatorToRaw: significant(seconds.raw / seconds.simulator),
        httpToSimulator: significant(seconds.simulator / seconds.http),
      })
    }
  }
  await server.close()
  await engine.close()
  return rows
}

async function main(flags: Flags): Promise<void> {
  const bundle = await chooseBundle(flags)
  const { name, version, digest, manifest } = bundle
  console.error(`${name}@${version}, preset ${manifest.preset}, horizon ${manifest.horizon}`)
  const notes = {
    model: { name, version, digest, preset: manifest.preset },
    horizon: manifest.horizon,
    device: flags.device,
    executors: POLICIES[flags.device].executors,
    statistic: 'median of interleaved runs',
    unit: 'imagined joint steps (batch x horizon) per second; raw and simulator on one thread',
    http: 'POST /rollout on the loopback, all outputs as JSON, reply read and not parsed; the client shares the process',
  }
  record(flags.out, notes, await bench(bundle, PLANS, flags))
}

runCommand('bench:rollout', Flags, main)
