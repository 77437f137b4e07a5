// npm run bench:serving: what serving costs, section by section, against targets. Starts every process it needs.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Type, { type Static } from 'typebox'
import { commandLine, provenance, significant } from '../../../loadtest/record.ts'
import { eventLoop } from '../../../loadtest/serving/event-loop.ts'
import { overload } from '../../../loadtest/serving/overload.ts'
import { peers } from '../../../loadtest/serving/peers.ts'
import type { Section, SectionResult } from '../../../loadtest/serving/section.ts'
import { servedToRaw } from '../../../loadtest/serving/served-to-raw.ts'
import { sessionStore } from '../../../loadtest/serving/session-store.ts'
import { stub } from '../../../loadtest/serving/stub.ts'
import { runCommand } from '../../../src/common/command.ts'
import { DimaError } from '../../../src/common/errors.ts'
import { writeFileAtomic } from '../../../src/common/files.ts'
import { sum } from '../../../src/common/statistics.ts'
import { deviceFlag } from '../../../src/engine/device-flag.ts'
import { modelFlags } from '../model.ts'

const SECTIONS: Record<string, Section> = {
  raw: servedToRaw,
  stub,
  'event-loop': eventLoop,
  overload,
  store: sessionStore,
  peers,
}
const NAMES = Object.keys(SECTIONS)

const Flags = Type.Object(
  {
    sections: Type.String({ default: NAMES.join(','), description: 'which, separated by commas' }),
    ...modelFlags,
    ...deviceFlag,
    seconds: Type.Number({
      default: 3,
      exclusiveMinimum: 0,
      maximum: 600,
      description: 'of a slice that takes turns with others; longer measurements are multiples of it',
    }),
    rounds: Type.Integer({ default: 5, minimum: 1, description: 'slices of everything that takes turns' }),
    out: Type.String({
      default: 'bench/serving.json',
      description: 'where to write the figures; sections that were not run stay as they are',
    }),
  },
  { additionalProperties: false },
)

async function main({ sections, out, ...options }: Static<typeof Flags>): Promise<void> {
  for (const name of chosen(sections)) {
    console.error(`${name} ...`)
    const busyBefore = significant(await busyCores(), 2)
    const { notes, rows } = await SECTIONS[name]!(options)
    const measured = rows.filter(({ value }) => !Number.isNaN(value)) // of nothing there is no figure
    const result = { busyBefore, notes, rows: measured }
    write(out, name, result)
    console.log(`\n${name}: ${Object.values(notes).join('; ')}`)
    console.log(
      `${busyBefore} of ${availableParallelism()} cores were busy with something else before it began`,
    )
    console.table(result.rows)
  }
  console.log(`written to ${out}`)
}

/** Cores that others keep busy: whether the machine was quiet enough for what follows. */
async function busyCores(): Promise<number> {
  const look = () => cpus().map(({ times }) => ({ idle: times.idle, all: sum(Object.values(times)) }))
  const before = look()
  await sleep(1000)
  return look().reduce(
    (busy, { idle, all }, i) => busy + 1 - (idle - before[i]!.idle) / (all - before[i]!.all),
    0,
  )
}

function chosen(sections: string): string[] {
  const names = sections.split(',')
  const unknown = names.find((name) => !NAMES.includes(name))
  if (unknown === undefined) return names
  throw new DimaError('invalid_config', `no section ${unknown}; there are ${NAMES.join(', ')}`)
}

/** Every section says when and from what commit it is. */
function write(path: string, name: string, result: SectionResult & { busyBefore: number }): void {
  const before = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
  const whole = { ...before, [name]: { ...provenance(commandLine()), ...result } }
  mkdirSync(dirname(path), { recursive: true })
  writeFileAtomic(path, `${JSON.stringify(whole, null, 2)}\n`)
}

runCommand('bench:serving', Flags, main)
