// npm run bench:host: what a rollout costs around the engine, in microseconds a row and step.
import Type from 'typebox'
import { type Row, record, significant } from '../../../loadtest/record.ts'
import { runCommand } from '../../../src/common/command.ts'
import { asDima } from '../../../src/worlds/dima/serve/spec.ts'
import { chooseBundle, modelFlags } from '../model.ts'
import { randomRollout } from '../rollout/workload.ts'
import { cpuMicrosecondsOf } from './clock.ts'
import { purposesOf } from './purposes.ts'
import { stubSimulator } from './stub-engine.ts'

const BATCHES = [1, 64, 600, 4096]

const Flags = Type.Object(
  {
    ...modelFlags,
    rounds: Type.Integer({ default: 9, minimum: 1, description: 'of which the median counts' }),
    out: Type.String({ default: 'bench/host.json', description: 'where to write the figures' }),
  },
  { additionalProperties: false },
)

async function main(flags: Type.Static<typeof Flags>): Promise<void> {
  const { manifest } = await chooseBundle(flags)
  const spec = asDima(manifest)
  const rows: Row[] = []
  for (const batch of BATCHES) {
    const rollout = randomRollout(spec, 'joint', batch)
    const simulator = stubSimulator(manifest, batch * rollout.horizon)
    const purposes = Object.entries(await purposesOf(spec, simulator, rollout))
    const row: Row = { batch }
    for (const [name, work] of purposes) {
      const microseconds = await cpuMicrosecondsOf(work, flags.rounds)
      row[name] = significant(microseconds / (batch * rollout.horizon))
    }
    rows.push(row)
  }
  const notes = {
    plan: 'joint',
    horizon: manifest.horizon,
    unit: 'CPU microseconds a row and step, all threads of the process; the engine answers at once',
    rollout:
      'the whole simulator; noise to ends are parts of it, each done alone; splitting comes on top in the server',
  }
  record(flags.out, notes, rows)
}

runCommand('bench:host', Flags, main)
