// npm run bench:host: what a rollout costs around the engine, in microseconds a row and step.
import Type from 'typebox'
import { record, significant } from '../../../loadtest/record.ts'
import { runCommand } from '../../../src/common/command.ts'
import { asDima } from '../../../src/worlds/dima/serve/spec.ts'
import { chooseBundle, modelFlags } from '../model.ts'
import { randomRollout } from '../rollout/workload.ts'
import { microsecondsOf } from './clock.ts'
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
  const rows = []
  for (const batch of BATCHES) {
    const rollout = randomRollout(spec, 'joint', batch)
    const simulator = stubSimulator(manifest, batch * rollout.horizon)
    const whole = await microsecondsOf(() => simulator.rollout(rollout), flags.rounds)
    rows.push({ batch, rollout: significant(whole / (batch * rollout.horizon)) })
  }
  const notes = {
    plan: 'joint',
    horizon: manifest.horizon,
    unit: 'microseconds a row and step on one thread; the engine answers at once',
  }
  record(flags.out, notes, rows)
}

runCommand('bench:host', Flags, main)
