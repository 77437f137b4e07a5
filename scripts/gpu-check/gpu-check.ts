// npm run gpu-check: train steps and imagination on the devices of this machine against its CPU, numbers and times.
import { basename } from 'node:path'
import Type, { type Static } from 'typebox'
import { type Row, record } from '../../loadtest/record.ts'
import { runCommand } from '../../src/common/command.ts'
import { oneOf } from '../../src/common/config.ts'
import { DEVICES, type Device } from '../../src/engine/device.ts'
import { PRESET_NAMES } from '../../src/networks/policy-sizes.ts'
import type { PlanName } from '../../src/worlds/dima/serve/manifest.ts'
import { collect, TASK, worldModelNetworks } from '../bench/train/networks.ts'
import { findDevices } from './devices.ts'
import { checkImagination, STATE_TOLERANCE, worldModel } from './imagination.ts'
import { checkTraining, LOSS_TOLERANCE } from './training.ts'

const PLAN_NAMES: PlanName[] = ['joint', 'sequential']

const Flags = Type.Object(
  {
    device: oneOf(
      ['auto', ...DEVICES],
      'auto',
      'what to check; auto: every device that is there, else the CPU',
    ),
    preset: oneOf(PRESET_NAMES, 'debug', 'network sizes'),
    repeats: Type.Integer({
      default: 3,
      minimum: 0,
      description: 'steps and rollouts to time; 0: only compare numbers, as on a device in software',
    }),
    batches: Type.String({ default: '64,600', pattern: '^\\d+(,\\d+)*$', description: 'rollouts at once' }),
    only: Type.String({
      default: '',
      description: 'check only work with this in its name: reward, imagine joint',
    }),
    out: Type.String({ default: 'bench/gpu-check.json', description: 'where to write the figures' }),
  },
  { additionalProperties: false },
)
type Flags = Static<typeof Flags>

/** A piece of work that may fail on a device: the rest is still checked. */
interface Check {
  work: string
  run(device: Device): Promise<Row>
}

async function checksOf({ preset, repeats, batches, only }: Flags): Promise<Check[]> {
  const data = await collect()
  const training = worldModelNetworks(preset, data).map((network) => ({
    work: `train ${network.objective.name}`,
    run: (device: Device) => checkTraining(network, device, repeats),
  }))
  const open = worldModel(preset, data)
  const imagination = PLAN_NAMES.flatMap((plan) =>
    batches.split(',').map((batch) => ({
      work: `imagine ${plan} ${batch}`,
      run: (device: Device) => checkImagination(open, device, { plan, batch: Number(batch), repeats }),
    })),
  )
  return [...training, ...imagination].filter(({ work }) => work.includes(only))
}

async function runCheck({ work, run }: Check, device: Device): Promise<Row> {
  const failed = (error: Error): Row => ({ within: 'no', error: error.message })
  const row = { device, work, ...(await run(device).catch(failed)) }
  console.error(JSON.stringify(row))
  return row
}

async function main(flags: Flags): Promise<void> {
  const { present, missing } = await findDevices(flags.device)
  const checks = await checksOf(flags)
  const rows: Row[] = []
  for (const device of present) for (const check of checks) rows.push(await runCheck(check, device))
  const { VK_ICD_FILENAMES: driver, NVIDIA_TF32_OVERRIDE: tf32 } = process.env
  const notes = {
    task: TASK,
    preset: flags.preset,
    missing,
    ...(driver ? { vulkanDriver: basename(driver) } : {}),
    ...(tf32 ? { NVIDIA_TF32_OVERRIDE: tf32 } : {}),
    threads: 1,
    repeats: flags.repeats,
    statistic: 'median of interleaved runs; data crosses to the device and back in all of them',
    differences:
      'largest, against the CPU: loss relative over 3 steps, parameters absolute after them, states in standard' +
      ' deviations; loop: 3 steps in one call against 3 calls, both on the device',
    tolerances: { lossDifference: LOSS_TOLERANCE, stateDifference: STATE_TOLERANCE },
  }
  record(flags.out, notes, rows)
  if (rows.some(({ within }) => within === 'no')) process.exitCode = 1
}

runCommand('gpu-check', Flags, main)
