// npm run bench:device: what a device does, in one command of a few minutes: imagination by preset and rows, the server with one
// and more executors, training. Numbers are compared with the CPU's by gpu-check.
import { basename } from 'node:path'
import Type, { type Static } from 'typebox'
import { print, type Row, write } from '../../../loadtest/record.ts'
import { runCommand } from '../../../src/common/command.ts'
import { DimaError } from '../../../src/common/errors.ts'
import { POLICIES } from '../../../src/engine/device.ts'
import { deviceFlag, requireDevice } from '../../../src/engine/device-flag.ts'
import { PRESET_NAMES, type PresetName } from '../../../src/networks/policy-sizes.ts'
import { modelFlags } from '../../bench/model.ts'
import { collect, TASK } from '../../bench/train/networks.ts'
import { measureEpoch } from './epoch.ts'
import { measureRates } from './rates.ts'
import { measureServing } from './serving.ts'

const list = (fallback: string, description: string) =>
  Type.String({ default: fallback, pattern: '^\\d+(,\\d+)*$', description })

const Flags = Type.Object(
  {
    ...deviceFlag,
    ...modelFlags,
    presets: Type.String({ default: 'small,paper', description: `imagined: ${PRESET_NAMES.join(', ')}` }),
    rows: list('1,64,600,4096', 'rollouts at once'),
    seconds: Type.Number({
      default: 1,
      exclusiveMinimum: 0,
      maximum: 60,
      description: 'of each measurement',
    }),
    executors: list('1,4', 'of the server, on a card'),
    sessions: Type.Integer({ default: 1024, minimum: 16, description: 'that step in vectors' }),
    trains: Type.String({ default: 'paper', description: 'preset whose updates are timed' }),
    updates: Type.Integer({ default: 10, minimum: 1, description: 'of each network, timed' }),
    stepsPerCall: Type.Integer({ default: 10, minimum: 1, description: 'updates in one call' }),
    cores: list('3,1', 'threads that train, of each measurement'),
    out: Type.String({ default: 'bench/device.json', description: 'where to write the figures' }),
  },
  { additionalProperties: false },
)
type Flags = Static<typeof Flags>

/** Each is measured even where another fails, as on a card that has too little memory, and reported as soon as it is. */
async function measureAll(flags: Flags, report: (rows: Row[]) => void): Promise<Row[]> {
  const { device, seconds, sessions, models, model } = flags
  const data = await collect()
  const rows: Row[] = []
  const measure = async (what: string, work: () => Promise<Row[]>) => {
    const began = performance.now()
    const found = await work().catch((error: Error) => [{ measure: what, device, error: error.message }])
    const took = ((performance.now() - began) / 1000).toFixed(0)
    console.error(`${what}: ${took} s`)
    rows.push(...found)
    report(rows)
  }
  for (const preset of presetsOf(flags.presets))
    await measure(`imagination, ${preset}`, () =>
      measureRates(preset, data, { device, rows: numbersOf(flags.rows), seconds }),
    )
  for (const executors of numbersOf(flags.executors))
    await measure(`server, executors: ${executors}`, () =>
      measureServing(executors, { device, models, model, sessions, seconds }),
    )
  const [trains] = presetsOf(flags.trains)
  for (const cores of numbersOf(flags.cores))
    await measure(`training, ${trains}, cores: ${cores}`, () => measureEpoch(trains!, cores, flags))
  return rows
}

const numbersOf = (text: string): number[] => text.split(',').map(Number)

function presetsOf(text: string): PresetName[] {
  const names = text.split(',')
  const unknown = names.find((name) => !PRESET_NAMES.some((preset) => preset === name))
  if (unknown === undefined) return names as PresetName[]
  throw new DimaError('invalid_config', `no preset ${unknown}; there are ${PRESET_NAMES.join(', ')}`)
}

async function main(flags: Flags): Promise<void> {
  await requireDevice(flags.device)
  presetsOf(flags.trains)
  const began = performance.now()
  // A loan of a card may end in the middle: what was measured by then is written.
  const rows = await measureAll(flags, (sofar) => write(flags.out, notesOn(flags, began), sofar))
  print(flags.out, rows)
  if (rows.some((row) => 'error' in row || row.within === 'no')) process.exitCode = 1
}

function notesOn(flags: Flags, began: number): object {
  const { VK_ICD_FILENAMES: driver, NVIDIA_TF32_OVERRIDE: tf32 } = process.env
  return {
    task: TASK,
    device: flags.device,
    policy: POLICIES[flags.device],
    ...(driver ? { vulkanDriver: basename(driver) } : {}),
    ...(tf32 ? { NVIDIA_TF32_OVERRIDE: tf32 } : {}),
    minutes: Math.round((performance.now() - began) / 6000) / 10,
    imagination: 'median of whole rollouts of 15 steps, plan joint, random weights, one process',
    server: 'closed loop over sockets, msgpack; of the model in the models folder',
    training: `second of two epochs of npm run train, scaled to 200 updates; ${flags.stepsPerCall} in a call. Calls are timed where they are computed, one at a time in a thread`,
  }
}

runCommand('bench:device', Flags, main)
